import { metrics, type TextMapPropagator } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { IMetricReader } from '@opentelemetry/sdk-metrics';
import type { Sampler } from '@opentelemetry/sdk-trace';
import { type LoadedInstrumentations, loadInstrumentations, unhooked } from '../../instrumentations/index.ts';
import { createAppResolver } from '../../instrumentations/resolve.ts';
import { createRedactingPropagator } from '../../processors/redaction/propagator.ts';
import { allSettled } from '../core/deadline.ts';
import { caught, maskNotices, notice } from '../core/diag.ts';
import { setContentPolicy } from '../core/genai/content-policy.ts';
import { setGenAiHosts } from '../core/genai/hosts.ts';
import { queueMicrotask } from '../core/natives.ts';
import type { GivenOptions } from '../core/options.ts';
import { createRedactor, type Redactor } from '../core/redaction/index.ts';
import { watchForBundle } from './bundled-app.ts';
import { type Config, readConfig } from './config.ts';
import { createCrashReport } from './crash-report.ts';
import { installLifecycle } from './lifecycle.ts';
import { countRedactions, createMetricReaders } from './metrics.ts';
import { installModuleHooks } from './module-hooks.ts';
import { createPipeline, type OwnDestinations, type Pipeline } from './pipeline.ts';
import { createPropagator } from './propagator.ts';
import { createSampler } from './sampler.ts';

/** Options in code: those of the table, the user's own exporters, and settings for instrumentations. */
export type StartOptions = GivenOptions &
  OwnDestinations & {
    /** By name (`{ pg: { requireParentSpan: true } }`); `enabled: false` turns one off. */
    readonly instrumentations?: Readonly<Record<string, object>>;
  };

/** The parts that `preset()` hands to NodeSDK and `start()` puts together itself. */
export interface Parts {
  readonly config: Config;
  readonly pipeline: Pipeline;
  readonly sampler: Sampler;
  readonly propagator: TextMapPropagator | null;
  readonly metricReaders: readonly IMetricReader[];
  readonly instrumentations: readonly Instrumentation[];
  /** Names of those of which two instances record everything twice. */
  readonly addingUp: ReadonlySet<string>;
  /** Exports all that is queued and collects the metrics once more; resolves when done, never rejects. */
  flush(): Promise<void>;
  /** To be called when the SDK starts: from now on the end of the process flushes. Once per process. */
  begin(): void;
}

let loaded: LoadedInstrumentations | undefined;
let instrumentations: readonly Instrumentation[] | undefined;
let hasBegun = false;

/**
 * Builds the parts once for both ways in. Opens no file, socket or timer.
 *
 * Undefined when the SDK is disabled: then nothing is loaded or patched.
 */
export function createParts(given: StartOptions): Parts | undefined {
  const config = readConfig(given);
  if (config.isDisabled) {
    if (config.problems.length > 0) report(config, createRedactor(config.redaction));
    return undefined;
  }
  setContentPolicy(config.content);
  setGenAiHosts(config.options.genaiHosts);
  const pipeline = createPipeline(config, given, () => begin());
  report(config, pipeline.redactor);
  const metricReaders = createMetricReaders(config, pipeline.redactor, pipeline.patience);
  const flush = async () => {
    await allSettled([pipeline.flush(), ...metricReaders.map((reader) => reader.forceFlush())]);
  };
  let isCounting = metricReaders.length === 0;
  const begin = () => {
    beginOnce(config, pipeline, flush);
    if (isCounting) return;
    isCounting = true;
    // NodeSDK makes its meter provider later in the same `start()`.
    queueMicrotask(() => countRedactions(metrics.getMeterProvider(), pipeline.redactor));
  };
  const propagator = createPropagator(config.propagators);
  return {
    config,
    pipeline,
    metricReaders,
    flush,
    begin,
    sampler: createSampler(config.sampler, config.options.local === 'all'),
    propagator:
      propagator && config.options.redactBaggage
        ? createRedactingPropagator(propagator, pipeline.redactor)
        : propagator,
    instrumentations: instrument(config, given.instrumentations),
    addingUp: new Set(loaded?.addingUp),
  };
}

/** Says what is wrong with the settings. */
function report({ problems }: Config, redactor: Redactor): void {
  maskNotices((text) => redactor.text(text));
  for (const problem of problems) notice(`config:${problem}`, `${problem}.`);
}

/** Ties the end of the process to a flush; once per process, whoever comes first. */
function beginOnce({ options }: Config, pipeline: Pipeline, flush: () => Promise<void>): void {
  if (hasBegun) return;
  hasBegun = true;
  const lookForBundle = watchForBundle(() => (loaded === undefined ? [] : unhooked(loaded)));
  const report = createCrashReport(options.crashHint);
  let areMetricsOut = false;
  installLifecycle(
    {
      ...pipeline,
      ...report,
      onExit(code) {
        lookForBundle();
        report.onExit(code);
      },
      async flush() {
        await flush();
        areMetricsOut = true;
      },
      isIdle: () => pipeline.isIdle() && areMetricsOut,
    },
    options.flushTimeoutMs,
  );
}

/** Loads and patches once per process: a second patch of the same library would make every span twice. */
function instrument(
  config: Config,
  configs: Readonly<Record<string, object>> = {},
): readonly Instrumentation[] {
  if (instrumentations !== undefined) return instrumentations;
  const { enabledInstrumentations: enabled, disabledInstrumentations: disabled } = config;
  try {
    loaded = loadInstrumentations({
      ...(enabled === undefined ? {} : { enabled }),
      ...(disabled === undefined ? {} : { disabled }),
      resolvesFromApp: createAppResolver(process.argv[1]),
      configs: { console: { enabled: config.options.console }, ...configs },
    });
    instrumentations = loaded.instrumentations;
    installModuleHooks(loaded.hookedModules);
  } catch (error) {
    caught('loading instrumentations', error);
  }
  instrumentations ??= [];
  return instrumentations;
}
