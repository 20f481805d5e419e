import { context, ProxyTracerProvider, propagation, trace } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { DestinationStatus } from '../../processors/fan-out/index.ts';
import { allSettled, withDeadline } from '../core/deadline.ts';
import { caught, notice } from '../core/diag.ts';
import { ThrowAwareContextManager } from './context-manager.ts';
import { setDiagLogger } from './diag-logger.ts';
import { registerFirst } from './first-come.ts';
import { HexIdGenerator } from './id-generator.ts';
import { createMeterProvider } from './metrics.ts';
import { createParts, type StartOptions } from './parts.ts';
import { createResource } from './resource.ts';

/** What is running. No method throws or rejects. */
export interface Handle {
  /** Exports all that is queued, waiting at most `deadlineMs` (default: the option `flushTimeoutMs`); whether it was done in time. */
  forceFlush(deadlineMs?: number): Promise<boolean>;
  /** Flushes and stops. Recording cannot be started again in this process. */
  shutdown(): Promise<void>;
  /** The counters of every destination; empty when nothing runs. */
  status(): { readonly traces: readonly DestinationStatus[]; readonly logs: readonly DestinationStatus[] };
}

const INERT: Handle = {
  forceFlush: async () => true,
  shutdown: async () => {},
  status: () => ({ traces: [], logs: [] }),
};

/** One SDK per process, also when two copies of this package are loaded. */
const RUNNING = Symbol.for('agentlog.otel.handle');
const running = globalThis as { [RUNNING]?: Handle };

/**
 * Starts recording: providers, instrumentations, hooks and destinations. Idempotent; never throws.
 *
 * The same telemetry as `new NodeSDK(preset()).start()`, without loading `sdk-node`.
 * @example
 * const telemetry = start();
 * await telemetry.forceFlush(1000);
 */
export function start(options: StartOptions = {}): Handle {
  if (running[RUNNING] !== undefined) return running[RUNNING];
  try {
    running[RUNNING] = build(options);
  } catch (error) {
    caught('start', error);
  }
  return running[RUNNING] ?? INERT;
}

function build(options: StartOptions): Handle {
  // Before anything is patched: the instrumentations of two SDKs would make every span twice.
  if (isAnotherRegistered()) {
    notice(
      'second-sdk',
      'another OpenTelemetry SDK is already registered; it goes on alone, nothing is recorded here.' +
        ' To record here as well start it as `new NodeSDK(preset())` with preset from @agentlog/otel.',
    );
    return INERT;
  }
  setDiagLogger(options);
  const parts = createParts(options);
  if (parts === undefined) return INERT;
  const { config, pipeline, sampler, propagator, metricReaders } = parts;
  const resource = createResource(config);
  const meterProvider = createMeterProvider(resource, metricReaders);
  const tracerProvider = new TracerProvider({
    resource,
    sampler,
    idGenerator: new HexIdGenerator(),
    spanLimits: config.spanLimits,
    spanProcessors: [pipeline.spanProcessor],
  });
  const loggerProvider = new LoggerProvider({
    resource,
    logRecordLimits: config.logLimits,
    processors: [pipeline.logRecordProcessor],
  });
  context.setGlobalContextManager(new ThrowAwareContextManager().enable());
  if (propagator !== null) propagation.setGlobalPropagator(propagator);
  const providers = registerFirst(
    { tracerProvider, loggerProvider, ...(meterProvider && { meterProvider }) },
    parts.addingUp,
  );
  registerInstrumentations({ ...providers, instrumentations: [...parts.instrumentations] });
  parts.begin();
  keepBlocking();
  return {
    forceFlush: (deadlineMs = config.options.flushTimeoutMs) => withDeadline(parts.flush(), deadlineMs),
    async shutdown() {
      const providers = [tracerProvider, loggerProvider, meterProvider];
      const done = allSettled(providers.map((provider) => provider?.shutdown()));
      await withDeadline(done, config.options.flushTimeoutMs);
    },
    status: () => pipeline.status(),
  };
}

/**
 * Upstream's packages look at `process.stderr` when they are loaded, and Node does with every socket that ends. By then
 * a pipe would not block any more, and what the app writes to it by `fs` would be cut off.
 */
function keepBlocking(): void {
  const { _handle: handle } = process.stderr as { _handle?: { setBlocking?(isBlocking: boolean): unknown } };
  handle?.setBlocking?.(true);
}

/** Whether spans already go somewhere. */
function isAnotherRegistered(): boolean {
  const provider = trace.getTracerProvider();
  if (!(provider instanceof ProxyTracerProvider)) return true;
  return provider.getDelegate() !== new ProxyTracerProvider().getDelegate();
}
