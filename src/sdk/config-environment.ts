import { getNumberFromEnv, getStringFromEnv, getStringListFromEnv } from '@opentelemetry/core';
import type { Protocol, Signal } from '../exporters/otlp/index.ts';
import type { QueueConfig, SignalConfig, StandardConfig, Target } from './config.ts';
import { samplerFromEnvironment } from './sampler.ts';

const PROTOCOLS: readonly Protocol[] = ['http/json', 'http/protobuf', 'grpc'];
const TEMPORALITIES = ['cumulative', 'delta', 'lowmemory'] as const;

/** What the standard variables say, as upstream reads them; what is wrong is added to `problems`. */
export function fromEnvironment(problems: string[]): StandardConfig {
  return {
    isDisabled: false,
    traces: signal('traces', queue('OTEL_BSP', 5_000, problems), problems),
    logs: signal('logs', queue('OTEL_BLRP', 1_000, problems), problems),
    metrics: metrics(problems),
    sampler: samplerFromEnvironment(problems),
    propagators: propagators(),
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
    logLimits: limits(
      {
        attributeCountLimit: ['OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
        attributeValueLengthLimit: [
          'OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT',
          'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
        ],
      },
      // As upstream: 0 is a limit for spans and no limit for log records.
      (value) => value > 0,
    ),
    resourceDetectors: getStringListFromEnv('OTEL_NODE_RESOURCE_DETECTORS') ?? [
      'project',
      'host',
      'os',
      'process',
      'env',
    ],
    resourceAttributes: {},
  };
}

function signal(name: 'traces' | 'logs', queueConfig: QueueConfig, problems: string[]): SignalConfig {
  const destinations = targets(name, problems).map((target) => ({
    target,
    // What is printed is printed at once, as upstream does.
    queue: target === 'console' ? { ...queueConfig, delayMs: 0 } : queueConfig,
  }));
  return { destinations, queue: queueConfig };
}

function metrics(problems: string[]): StandardConfig['metrics'] {
  const intervalMs = positive('OTEL_METRIC_EXPORT_INTERVAL', 60_000, problems);
  const timeoutMs = Math.min(positive('OTEL_METRIC_EXPORT_TIMEOUT', 30_000, problems), intervalMs);
  const variable = 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE';
  const asked = getStringFromEnv(variable)?.toLowerCase() ?? 'cumulative';
  const temporality = TEMPORALITIES.find((each) => each === asked);
  if (temporality === undefined)
    problems.push(`${variable}: "${asked}" is not one of ${TEMPORALITIES.join(', ')}`);
  const destinations = targets('metrics', problems).map((target) => ({
    target,
    intervalMs,
    timeoutMs,
    temporality: target === 'console' ? ('cumulative' as const) : (temporality ?? 'cumulative'),
    hasExponentialHistograms: false,
  }));
  return { destinations, intervalMs };
}

/** As upstream: `none` beside others means the default for traces, none for the rest; what is unknown is left out. */
function targets(name: Signal, problems: string[]): Target[] {
  const variable = `OTEL_${name.toUpperCase()}_EXPORTER`;
  let asked = [...new Set(getStringListFromEnv(variable) ?? ['otlp'])];
  if (asked.includes('none')) {
    if (name !== 'traces' || asked[0] === 'none') return [];
    problems.push(`${variable}: "none" beside others; using otlp`);
    asked = ['otlp'];
  }
  return asked.flatMap((each): Target[] => {
    if (each === 'otlp') return [{ protocol: protocol(name, problems) }];
    if (each === 'console') return ['console'];
    problems.push(`${variable}: "${each}" is not supported (otlp, console, none)`);
    return [];
  });
}

function protocol(name: Signal, problems: string[]): Protocol {
  const asked =
    getStringFromEnv(`OTEL_EXPORTER_OTLP_${name.toUpperCase()}_PROTOCOL`) ??
    getStringFromEnv('OTEL_EXPORTER_OTLP_PROTOCOL');
  if (asked === undefined) return 'http/json';
  const known = PROTOCOLS.find((each) => each === asked.trim());
  if (known === undefined)
    add(problems, `OTEL_EXPORTER_OTLP_PROTOCOL: "${asked}" is not one of ${PROTOCOLS.join(', ')}`);
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

function propagators(): string[] {
  const names = [...new Set(getStringListFromEnv('OTEL_PROPAGATORS') ?? ['tracecontext', 'baggage'])];
  return names.includes('none') ? [] : names;
}

function positive(variable: string, otherwise: number, problems: string[]): number {
  const value = getNumberFromEnv(variable);
  if (value === undefined || value > 0) return value ?? otherwise;
  add(problems, `${variable}: expected a number above 0; using ${otherwise}`);
  return otherwise;
}

function limits(
  variables: Record<string, readonly string[]>,
  isValid: (value: number) => boolean = () => true,
): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, candidates] of Object.entries(variables)) {
    const values = candidates.map((each) => getNumberFromEnv(each));
    const value = values.find((each) => each !== undefined && isValid(each));
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function add(problems: string[], problem: string): void {
  if (!problems.includes(problem)) problems.push(problem);
}
