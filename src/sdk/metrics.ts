import type { ExportResult } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type {
  IMetricReader,
  InstrumentType,
  MeterProvider,
  PushMetricExporter,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { redactMetrics } from '../../processors/redaction/index.ts';
import { caught } from '../core/diag.ts';
import { loadSync } from '../core/load-sync.ts';
import type { Redactor } from '../core/redaction/index.ts';
import { JsonlExporter } from '../exporters/jsonl/index.ts';
import { createOtlpMetricExporter, type OtlpExporter, type Patience } from '../exporters/otlp/index.ts';
import type { Config, MetricDestination } from './config.ts';
import { localDirectory } from './local-directory.ts';

export const REDACTION_METRIC = 'agentlog.redaction.masked';

/** Counts the masked values by rule, in any provider; a fault of the provider's is reported and does no harm. */
export function countRedactions(provider: Pick<MeterProvider, 'getMeter'>, redactor: Redactor): void {
  try {
    provider
      .getMeter('@agentlog/otel')
      .createObservableCounter(REDACTION_METRIC, {
        description: 'Values masked by redaction',
        unit: '{value}',
      })
      .addCallback((result) => {
        for (const [rule, count] of redactor.countsByRule) result.observe(count, { rule });
      });
  } catch (error) {
    caught('the counter of redactions', error);
  }
}

type Sdk = typeof import('@opentelemetry/sdk-metrics');

/** Loaded only when metrics go somewhere: 51 modules, a tenth of the start. */
const loadSdk = (): Sdk => loadSync<Sdk>('@opentelemetry/sdk-metrics');

/** The provider of these readers; undefined without any, then nothing measures. */
export function createMeterProvider(
  resource: Resource,
  readers: readonly IMetricReader[],
): MeterProvider | undefined {
  if (readers.length === 0) return undefined;
  return new (loadSdk().MeterProvider)({ resource, readers: [...readers] });
}

/**
 * One reader for each exporter of `OTEL_METRICS_EXPORTER`; empty for `none`: then nothing measures, which costs
 * least. What leaves has been redacted. The first reader also writes what it collects to the local file: a reader
 * of its own would take the event loop's histograms away from it.
 */
export function createMetricReaders(config: Config, redactor: Redactor, patience: Patience): IMetricReader[] {
  if (config.metrics.destinations.length === 0) return [];
  const sdk = loadSdk();
  const local = createLocalWriter(config);
  return config.metrics.destinations.map((destination, index) => {
    const { target, intervalMs, timeoutMs } = destination;
    const exporter =
      target === 'console' ? new sdk.ConsoleMetricExporter() : createOtlpMetricExporter(target, patience);
    return new sdk.PeriodicExportingMetricReader({
      exporter: redacting(sdk, exporter, redactor, destination, index === 0 ? local : undefined),
      exportIntervalMillis: intervalMs,
      exportTimeoutMillis: timeoutMs,
    });
  });
}

function redacting(
  { AggregationTemporality, AggregationType, InstrumentType }: Sdk,
  exporter: OtlpExporter<ResourceMetrics>,
  redactor: Redactor,
  destination: Pick<MetricDestination, 'temporality' | 'hasExponentialHistograms'>,
  local: JsonlExporter<ResourceMetrics> | undefined,
): PushMetricExporter {
  return {
    export(metrics: ResourceMetrics, done: (result: ExportResult) => void) {
      const redacted = redactMetrics(metrics, redactor);
      if (redacted.scopeMetrics.length > 0) local?.export([redacted], () => {});
      exporter.export(redacted, done);
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
    selectAggregationTemporality: (instrument) =>
      isDelta(instrument, destination.temporality)
        ? AggregationTemporality.DELTA
        : AggregationTemporality.CUMULATIVE,
    selectAggregation: (instrument) =>
      destination.hasExponentialHistograms && instrument === InstrumentType.HISTOGRAM
        ? { type: AggregationType.EXPONENTIAL_HISTOGRAM }
        : { type: AggregationType.DEFAULT },
  };
}

/** As the specification defines cumulative, delta and lowmemory. */
function isDelta(instrument: `${InstrumentType}`, preference: MetricDestination['temporality']): boolean {
  if (preference === 'delta')
    return instrument !== 'UP_DOWN_COUNTER' && instrument !== 'OBSERVABLE_UP_DOWN_COUNTER';
  return preference === 'lowmemory' && (instrument === 'COUNTER' || instrument === 'HISTOGRAM');
}

type Transformer = typeof import('@opentelemetry/otlp-transformer');

function createLocalWriter({ options }: Config): JsonlExporter<ResourceMetrics> | undefined {
  if (options.local === 'off') return undefined;
  const toLine = ([metrics]: ResourceMetrics[]): Uint8Array => {
    const { JsonMetricsSerializer } = loadSync<Transformer>('@opentelemetry/otlp-transformer');
    const json = metrics && JsonMetricsSerializer.serializeRequest(metrics);
    return Buffer.concat([json ?? Buffer.alloc(0), Buffer.from('\n')]);
  };
  return new JsonlExporter('metrics', toLine, { ...options, directory: localDirectory(options) });
}
