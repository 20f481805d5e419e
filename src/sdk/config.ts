import {
  getBooleanFromEnv,
  getNumberFromEnv,
  getStringFromEnv,
  getStringListFromEnv,
} from '@opentelemetry/core';
import { type Options, readOptions } from '../core/options.ts';
import type { Protocol, Signal } from '../exporters/otlp/index.ts';

/** The exporters a signal may be sent to besides the local file. */
export type ExporterName = 'otlp' | 'console';

export interface SignalConfig {
  readonly exporters: readonly ExporterName[];
  readonly protocol: Protocol;
}

export interface QueueConfig {
  readonly maxQueueSize: number;
  readonly maxBatchSize: number;
  readonly delayMs: number;
  readonly timeoutMs: number;
}

export interface Config {
  /** `OTEL_SDK_DISABLED`. */
  readonly isDisabled: boolean;
  readonly options: Options;
  readonly traces: SignalConfig & { readonly queue: QueueConfig };
  readonly logs: SignalConfig & { readonly queue: QueueConfig };
  readonly metrics: SignalConfig & { readonly intervalMs: number; readonly timeoutMs: number };
  readonly spanLimits: Readonly<Record<string, number>>;
  readonly logLimits: Readonly<Record<string, number>>;
  readonly resourceDetectors: readonly string[];
  readonly enabledInstrumentations: readonly string[] | undefined;
  readonly disabledInstrumentations: readonly string[] | undefined;
  /** What was wrong with the options, one sentence each. */
  readonly problems: readonly string[];
}

const PROTOCOLS: readonly Protocol[] = ['http/json', 'http/protobuf', 'grpc'];

/**
 * Reads every option and every standard `OTEL_*` variable that passing processors in code makes upstream
 * ignore; frozen. A bad value is replaced by its default and named in `problems`. Never throws.
 *
 * The sampler, the propagators and the endpoints are read where they are built. Defaults are upstream's but
 * for the protocol (`http/json`: one encoding for both destinations) and the detectors (no cloud probes).
 */
export function readConfig(given: Partial<Options> = {}): Config {
  const { options, problems } = readOptions(process.env, given);
  const exportTimeoutMs = Math.min(
    positive('OTEL_METRIC_EXPORT_TIMEOUT', 30_000, problems),
    positive('OTEL_METRIC_EXPORT_INTERVAL', 60_000, problems),
  );
  return Object.freeze({
    isDisabled: getBooleanFromEnv('OTEL_SDK_DISABLED') === true,
    options,
    traces: { ...signal('traces', problems), queue: queue('OTEL_BSP', 5_000, problems) },
    logs: { ...signal('logs', problems), queue: queue('OTEL_BLRP', 1_000, problems) },
    metrics: {
      ...signal('metrics', problems),
      intervalMs: positive('OTEL_METRIC_EXPORT_INTERVAL', 60_000, problems),
      timeoutMs: exportTimeoutMs,
    },
    spanLimits: limits({
      attributeCountLimit: ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
      attributeValueLengthLimit: [
        'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
        'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
      ],
      eventCountLimit: ['OTEL_SPAN_EVENT_COUNT_LIMIT'],
      linkCountLimit: ['OTEL_SPAN_LINK_COUNT_LIMIT'],
      attributePerEventCountLimit: ['OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT'],
      attributePerLinkCountLimit: ['OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT'],
    }),
    logLimits: limits({
      attributeCountLimit: ['OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
      attributeValueLengthLimit: [
        'OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT',
        'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
      ],
    }),
    resourceDetectors: getStringListFromEnv('OTEL_NODE_RESOURCE_DETECTORS') ?? [
      'env',
      'host',
      'os',
      'process',
    ],
    enabledInstrumentations: getStringListFromEnv('OTEL_NODE_ENABLED_INSTRUMENTATIONS'),
    disabledInstrumentations: getStringListFromEnv('OTEL_NODE_DISABLED_INSTRUMENTATIONS'),
    problems,
  });
}

function signal(name: Signal, problems: string[]): SignalConfig {
  const variable = `OTEL_${name.toUpperCase()}_EXPORTER`;
  const asked = [...new Set(getStringListFromEnv(variable) ?? ['otlp'])];
  const isOff = asked.includes('none') && asked.length === 1;
  const exporters = asked.filter((each): each is ExporterName => each === 'otlp' || each === 'console');
  for (const other of asked) {
    if (other !== 'none' && !exporters.includes(other as ExporterName)) {
      problems.push(`${variable}: "${other}" is not supported (otlp, console, none)`);
    }
  }
  return {
    exporters: isOff || exporters.length > 0 ? exporters : ['otlp'],
    protocol: protocol(name, problems),
  };
}

function protocol(name: Signal, problems: string[]): Protocol {
  const asked =
    getStringFromEnv(`OTEL_EXPORTER_OTLP_${name.toUpperCase()}_PROTOCOL`) ??
    getStringFromEnv('OTEL_EXPORTER_OTLP_PROTOCOL');
  if (asked === undefined) return 'http/json';
  const known = PROTOCOLS.find((each) => each === asked.trim());
  if (known === undefined)
    problems.push(`OTEL_EXPORTER_OTLP_PROTOCOL: "${asked}" is not one of ${PROTOCOLS.join(', ')}`);
  return known ?? 'http/json';
}

function queue(prefix: string, defaultDelayMs: number, problems: string[]): QueueConfig {
  const maxQueueSize = positive(`${prefix}_MAX_QUEUE_SIZE`, 2_048, problems);
  return {
    maxQueueSize,
    maxBatchSize: Math.min(positive(`${prefix}_MAX_EXPORT_BATCH_SIZE`, 512, problems), maxQueueSize),
    delayMs: positive(`${prefix}_SCHEDULE_DELAY`, defaultDelayMs, problems),
    timeoutMs: positive(`${prefix}_EXPORT_TIMEOUT`, 30_000, problems),
  };
}

function positive(variable: string, otherwise: number, problems: string[]): number {
  const value = getNumberFromEnv(variable);
  if (value === undefined || value > 0) return value ?? otherwise;
  const problem = `${variable}: expected a number above 0; using ${otherwise}`;
  if (!problems.includes(problem)) problems.push(problem);
  return otherwise;
}

function limits(variables: Record<string, readonly string[]>): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, candidates] of Object.entries(variables)) {
    const value = candidates.map((each) => getNumberFromEnv(each)).find((each) => each !== undefined);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
