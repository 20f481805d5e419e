import { getBooleanFromEnv, getStringListFromEnv } from '@opentelemetry/core';
import { type ContentPolicy, readContentPolicy } from '../core/genai/content-policy.ts';
import type { GivenOptions, Options } from '../core/options.ts';
import { readOptions, redactorOptions } from '../core/read-options.ts';
import type { RedactorOptions } from '../core/redaction/index.ts';
import type { OtlpTarget } from '../exporters/otlp/index.ts';
import { fromEnvironment } from './config-environment.ts';
import { configFile, fromFile } from './config-file.ts';
import type { SamplerConfig } from './sampler.ts';

export interface QueueConfig {
  readonly maxQueueSize: number;
  readonly maxBatchSize: number;
  readonly delayMs: number;
  readonly timeoutMs: number;
}

/** A place outside this machine's files: OTLP, or the console. */
export type Target = OtlpTarget | 'console';

export interface SignalConfig {
  readonly destinations: readonly { readonly target: Target; readonly queue: QueueConfig }[];
  /** For destinations that the user gives in code. */
  readonly queue: QueueConfig;
}

export interface MetricDestination {
  readonly target: Target;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly temporality: 'cumulative' | 'delta' | 'lowmemory';
  readonly hasExponentialHistograms: boolean;
}

/** What the `OTEL_*` variables decide, or the file of `OTEL_CONFIG_FILE` in their place. */
export interface StandardConfig {
  readonly isDisabled: boolean;
  readonly traces: SignalConfig;
  readonly logs: SignalConfig;
  readonly metrics: { readonly destinations: readonly MetricDestination[]; readonly intervalMs: number };
  readonly sampler: SamplerConfig;
  /** By name, in order; empty for none. */
  readonly propagators: readonly string[];
  readonly spanLimits: Readonly<Record<string, number>>;
  readonly logLimits: Readonly<Record<string, number>>;
  readonly resourceDetectors: readonly string[];
  /** Set over what was detected. */
  readonly resourceAttributes: Readonly<Record<string, unknown>>;
}

export interface Config extends StandardConfig {
  readonly options: Options;
  readonly redaction: RedactorOptions;
  /** What of the text of model calls is recorded. */
  readonly content: ContentPolicy;
  readonly enabledInstrumentations: readonly string[] | undefined;
  readonly disabledInstrumentations: readonly string[] | undefined;
  /** Path of the file that stands in for the `OTEL_*` variables. */
  readonly file: string | undefined;
  /** What was wrong with the options or is not supported, one sentence each. */
  readonly problems: readonly string[];
}

/**
 * Reads every option and every standard `OTEL_*` variable that passing processors in code makes upstream
 * ignore; frozen. A bad value is replaced by its default and named in `problems`. Never throws.
 *
 * With `OTEL_CONFIG_FILE` the file decides instead, as the specification says; only `OTEL_SDK_DISABLED` and the
 * lists of instrumentations still count. Defaults are upstream's but for the protocol (`http/json`: one encoding
 * for both destinations) and the detectors (no cloud probes).
 */
export function readConfig(given: GivenOptions = {}): Config {
  const { options, problems } = readOptions(process.env, given);
  const file = configFile();
  const standard = file === undefined ? fromEnvironment(problems) : fromFile(file, problems);
  return Object.freeze({
    ...standard,
    isDisabled: standard.isDisabled || getBooleanFromEnv('OTEL_SDK_DISABLED') === true,
    options,
    redaction: redactorOptions(options, given),
    content: readContentPolicy(
      options.genaiContent,
      process.env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT,
    ),
    enabledInstrumentations: getStringListFromEnv('OTEL_NODE_ENABLED_INSTRUMENTATIONS'),
    disabledInstrumentations: getStringListFromEnv('OTEL_NODE_DISABLED_INSTRUMENTATIONS'),
    file,
    problems,
  });
}
