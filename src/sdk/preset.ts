import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { ThrowAwareContextManager } from './context-manager.ts';
import { setDiagLogger } from './diag-logger.ts';
import { HexIdGenerator } from './id-generator.ts';
import { createParts, type StartOptions } from './parts.ts';
import { selectDetectors } from './resource.ts';

/** What is left out here NodeSDK takes from the variables, and would send it as it is: a file may have disabled us alone. */
const NOTHING: Partial<NodeSDKConfiguration> = {
  instrumentations: [],
  spanProcessors: [],
  logRecordProcessors: [],
  metricReaders: [],
  resourceDetectors: [],
  textMapPropagator: null,
};

/**
 * The configuration for upstream's own SDK: `new NodeSDK(preset()).start()`.
 *
 * Opens no file, socket or timer before the SDK starts. Instrumentations are built once per process, and none
 * when `OTEL_SDK_DISABLED` is set. To add exporters give `destinations`, which get the redacted copy; a span
 * processor added to the SDK beside this one sees unredacted spans.
 * @example
 * new NodeSDK({ ...preset(), serviceName: 'shop' }).start();
 */
export function preset(options: StartOptions = {}): Partial<NodeSDKConfiguration> {
  const parts = createParts(options);
  if (parts === undefined) return NOTHING;
  const { config, pipeline, sampler, propagator, instrumentations, metricReaders } = parts;
  const contextManager = new ThrowAwareContextManager();
  const enable = contextManager.enable.bind(contextManager);
  // NodeSDK enables it in `start()`: the earliest sign that it starts.
  contextManager.enable = () => {
    // In place of the one that NodeSDK's constructor made, which prints the resource as it is.
    setDiagLogger(options, { isQuiet: true });
    parts.begin();
    return enable();
  };
  return {
    spanProcessors: [pipeline.spanProcessor],
    logRecordProcessors: [pipeline.logRecordProcessor],
    metricReaders: [...metricReaders],
    sampler,
    idGenerator: new HexIdGenerator(),
    spanLimits: config.spanLimits,
    contextManager,
    textMapPropagator: propagator,
    resourceDetectors: selectDetectors(config),
    instrumentations: [...instrumentations],
  };
}
