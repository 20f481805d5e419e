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
import { loadSync } from '../core/load-sync.ts';
import type { Redactor } from '../core/redaction/index.ts';
import { createOtlpMetricExporter, type OtlpExporter, type Patience } from '../exporters/otlp/index.ts';
import type { Config, MetricDestination } from './config.ts';

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

/** One reader for each exporter of `OTEL_METRICS_EXPORTER`; empty for `none`. What leaves has been redacted. */
export function createMetricReaders(config: Config, redactor: Redactor, patience: Patience): IMetricReader[] {
  if (config.metrics.destinations.length === 0) return [];
  const sdk = loadSdk();
  return config.metrics.destinations.map((destination) => {
    const { target, intervalMs, timeoutMs } = destination;
    const exporter =
      target === 'console' ? new sdk.ConsoleMetricExporter() : createOtlpMetricExporter(target, patience);
    return new sdk.PeriodicExportingMetricReader({
      exporter: redacting(sdk, exporter, redactor, destination),
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
): PushMetricExporter {
  return {
    export(metrics: ResourceMetrics, done: (result: ExportResult) => void) {
      exporter.export(redactMetrics(metrics, redactor), done);
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
