import { getStringFromEnv } from '@opentelemetry/core';
import { loadSync } from '../core/load-sync.ts';
import type { OtlpTarget } from '../exporters/otlp/index.ts';
import type { MetricDestination, QueueConfig, SignalConfig, StandardConfig, Target } from './config.ts';
import { Section } from './config-section.ts';
import type { SamplerConfig } from './sampler.ts';

type Configuration = typeof import('@opentelemetry/configuration');

const DEFAULT_QUEUE: QueueConfig = {
  maxQueueSize: 2_048,
  maxBatchSize: 512,
  delayMs: 5_000,
  timeoutMs: 30_000,
};
const DEFAULT_LOG_QUEUE: QueueConfig = { ...DEFAULT_QUEUE, delayMs: 1_000 };
const DEFAULT_SAMPLER: SamplerConfig = { name: 'parentbased', root: { name: 'always_on' } };

/** Nothing leaves this machine: what a configuration that cannot be read amounts to. */
const NOWHERE: StandardConfig = {
  isDisabled: false,
  traces: { destinations: [], queue: DEFAULT_QUEUE },
  logs: { destinations: [], queue: DEFAULT_LOG_QUEUE },
  metrics: { destinations: [], intervalMs: 60_000 },
  sampler: DEFAULT_SAMPLER,
  propagators: ['tracecontext', 'baggage'],
  spanLimits: {},
  logLimits: {},
  resourceDetectors: ['host', 'os', 'process', 'env'],
  resourceAttributes: {},
};

/** The path in `OTEL_CONFIG_FILE`. */
export function configFile(): string | undefined {
  return getStringFromEnv('OTEL_CONFIG_FILE')?.trim() || undefined;
}

/**
 * What a declarative configuration file says: resource, propagators, sampler, limits, OTLP and console exporters.
 * Every other key is named in one of the `problems`. A file that cannot be used sends nothing anywhere; the
 * local files go on. Loads the parser: 40 ms that only the users of a file pay.
 */
export function fromFile(path: string, problems: string[]): StandardConfig {
  try {
    const configuration = loadSync<Configuration>('@opentelemetry/configuration');
    const model = new Section(configuration.createConfigFactory().getConfigModel());
    const standard = interpret(model, configuration, problems);
    const unused = model.unused();
    if (unused.length > 0)
      problems.push(`OTEL_CONFIG_FILE: not supported and left out: ${unused.join(', ')}`);
    return standard;
  } catch (error) {
    const reason = String(error instanceof Error ? error.message : error).replace(/\s+/g, ' ');
    problems.push(`OTEL_CONFIG_FILE: ${reason}; nothing is sent, the local files go on (${path})`);
    return NOWHERE;
  }
}

function interpret(model: Section, configuration: Configuration, problems: string[]): StandardConfig {
  const tracer = model.section('tracer_provider');
  const logger = model.section('logger_provider');
  const meter = model.section('meter_provider');
  const general = model.section('attribute_limits');
  const target = (exporter: Section | undefined) => targetOf(exporter, configuration);
  return {
    isDisabled: model.flag('disabled') === true,
    traces: signal(tracer, DEFAULT_QUEUE, target),
    logs: signal(logger, DEFAULT_LOG_QUEUE, target),
    metrics: metrics(meter, target),
    sampler: samplerOf(tracer?.section('sampler')) ?? DEFAULT_SAMPLER,
    propagators: propagatorsOf(model.section('propagator'), configuration),
    spanLimits: spanLimits(tracer?.section('limits'), general),
    logLimits: attributeLimits(logger?.section('limits'), general),
    ...resourceOf(model.section('resource'), configuration, problems),
  };
}

type ToTarget = (exporter: Section | undefined) => Target | undefined;

function signal(provider: Section | undefined, defaults: QueueConfig, toTarget: ToTarget): SignalConfig {
  const destinations = (provider?.list('processors') ?? []).flatMap((processor) => {
    const batch = processor.section('batch');
    const target = toTarget((batch ?? processor.section('simple'))?.section('exporter'));
    if (target === undefined) return [];
    const queue = batch === undefined ? { ...defaults, delayMs: 0 } : queueOf(batch, defaults);
    return [{ target, queue }];
  });
  return { destinations, queue: defaults };
}

function queueOf(batch: Section, defaults: QueueConfig): QueueConfig {
  const maxQueueSize = batch.number('max_queue_size') ?? defaults.maxQueueSize;
  return {
    maxQueueSize,
    maxBatchSize: Math.min(batch.number('max_export_batch_size') ?? defaults.maxBatchSize, maxQueueSize),
    delayMs: batch.number('schedule_delay') ?? defaults.delayMs,
    timeoutMs: batch.number('export_timeout') || defaults.timeoutMs,
  };
}

function metrics(provider: Section | undefined, toTarget: ToTarget): StandardConfig['metrics'] {
  const destinations = (provider?.list('readers') ?? []).flatMap((reader): MetricDestination[] => {
    const periodic = reader.section('periodic');
    const exporter = periodic?.section('exporter');
    const target = toTarget(exporter);
    if (periodic === undefined || exporter === undefined || target === undefined) return [];
    const properties = exporter.section(exporter.keys[0] ?? '');
    const intervalMs = periodic.number('interval') || 60_000;
    const temporality = properties?.text('temporality_preference')?.replace('_', '') ?? 'cumulative';
    return [
      {
        target,
        intervalMs,
        timeoutMs: Math.min(periodic.number('timeout') || 30_000, intervalMs),
        temporality: temporality as MetricDestination['temporality'],
        hasExponentialHistograms:
          properties?.text('default_histogram_aggregation') === 'base2_exponential_bucket_histogram',
      },
    ];
  });
  return { destinations, intervalMs: destinations[0]?.intervalMs ?? 60_000 };
}

/** Undefined for an exporter that is not carried; its key then counts as unused. */
function targetOf(exporter: Section | undefined, { mergeHeadersConfig }: Configuration): Target | undefined {
  if (exporter?.section('console') !== undefined) return 'console';
  const http = exporter?.section('otlp_http');
  const otlp = http ?? exporter?.section('otlp_grpc');
  if (otlp === undefined) return undefined;
  const tls = otlp.section('tls');
  const [ca, cert, key] = [tls?.text('ca_file'), tls?.text('cert_file'), tls?.text('key_file')];
  const pairs = otlp.raw('headers') as Parameters<typeof mergeHeadersConfig>[0];
  return defined({
    protocol: http === undefined ? 'grpc' : http.text('encoding') === 'json' ? 'http/json' : 'http/protobuf',
    url: otlp.text('endpoint'),
    headers: mergeHeadersConfig(pairs ?? undefined, otlp.text('headers_list')),
    timeoutMillis: otlp.number('timeout') || undefined,
    compression: otlp.text('compression') === 'gzip' ? 'gzip' : 'none',
    tls: (ca ?? cert ?? key) === undefined ? undefined : defined({ ca, cert, key }),
    insecure: http === undefined ? tls?.flag('insecure') : undefined,
  }) as OtlpTarget;
}

function samplerOf(section: Section | undefined): SamplerConfig | undefined {
  if (section === undefined) return undefined;
  if (section.section('always_on') !== undefined) return { name: 'always_on' };
  if (section.section('always_off') !== undefined) return { name: 'always_off' };
  const ratioBased = section.section('trace_id_ratio_based');
  if (ratioBased !== undefined) return { name: 'traceidratio', ratio: ratioBased.number('ratio') ?? 1 };
  const parentBased = section.section('parent_based');
  if (parentBased === undefined) return undefined;
  return defined({
    name: 'parentbased' as const,
    root: samplerOf(parentBased.section('root')) ?? { name: 'always_on' },
    remoteParentSampled: samplerOf(parentBased.section('remote_parent_sampled')),
    remoteParentNotSampled: samplerOf(parentBased.section('remote_parent_not_sampled')),
    localParentSampled: samplerOf(parentBased.section('local_parent_sampled')),
    localParentNotSampled: samplerOf(parentBased.section('local_parent_not_sampled')),
  }) as SamplerConfig;
}

/** None without the key, as the specification says. */
function propagatorsOf(section: Section | undefined, configuration: Configuration): string[] {
  const composite = section?.raw('composite') as Parameters<
    Configuration['mergePropagatorCompositeConfig']
  >[0];
  const merged = configuration.mergePropagatorCompositeConfig(composite, section?.text('composite_list'));
  const names = [...new Set((merged ?? []).flatMap((entry) => Object.keys(entry).slice(0, 1)))];
  return names.includes('none') ? [] : names;
}

function attributeLimits(limits: Section | undefined, general: Section | undefined): Record<string, number> {
  return defined({
    attributeCountLimit: limits?.number('attribute_count_limit') ?? general?.number('attribute_count_limit'),
    attributeValueLengthLimit:
      limits?.number('attribute_value_length_limit') ?? general?.number('attribute_value_length_limit'),
  });
}

function spanLimits(limits: Section | undefined, general: Section | undefined): Record<string, number> {
  return defined({
    ...attributeLimits(limits, general),
    eventCountLimit: limits?.number('event_count_limit'),
    linkCountLimit: limits?.number('link_count_limit'),
    attributePerEventCountLimit: limits?.number('event_attribute_count_limit'),
    attributePerLinkCountLimit: limits?.number('link_attribute_count_limit'),
  });
}

function resourceOf(
  section: Section | undefined,
  configuration: Configuration,
  problems: string[],
): Pick<StandardConfig, 'resourceDetectors' | 'resourceAttributes'> {
  const given = section?.raw('attributes') as Parameters<Configuration['mergeResourceAttributesConfig']>[0];
  const merged = configuration.mergeResourceAttributesConfig(given, section?.text('attributes_list')) ?? [];
  const attributes = merged.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const]));
  const detectors = (section?.section('detection/development')?.list('detectors') ?? []).flatMap((each) =>
    each.keys.flatMap((name) => {
      const known = FILE_DETECTORS[name];
      if (known === undefined) problems.push(`OTEL_CONFIG_FILE: the detector "${name}" is not carried`);
      each.section(name);
      return known ?? [];
    }),
  );
  return { resourceDetectors: detectors, resourceAttributes: Object.fromEntries(attributes) };
}

const FILE_DETECTORS: Readonly<Record<string, readonly string[]>> = {
  host: ['host', 'os'],
  process: ['process'],
  service: ['servicename', 'serviceinstance'],
};

function defined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
