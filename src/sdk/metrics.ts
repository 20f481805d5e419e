import type { ExportResult } from '@opentelemetry/core';
import {
  AggregationTemporality,
  AggregationType,
  ConsoleMetricExporter,
  type IMetricReader,
  InstrumentType,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { redactMetrics } from '../../processors/redaction/index.ts';
import type { Redactor } from '../core/redaction/index.ts';
import { createOtlpMetricExporter, type OtlpExporter, type Patience } from '../exporters/otlp/index.ts';
import type { Config, MetricDestination } from './config.ts';

/** One reader for each exporter of `OTEL_METRICS_EXPORTER`; empty for `none`. What leaves has been redacted. */
export function createMetricReaders(config: Config, redactor: Redactor, patience: Patience): IMetricReader[] {
  return config.metrics.destinations.map((destination) => {
    const { target, intervalMs, timeoutMs } = destination;
    const exporter =
      target === 'console' ? new ConsoleMetricExporter() : createOtlpMetricExporter(target, patience);
    return new PeriodicExportingMetricReader({
      exporter: redacting(exporter, redactor, destination),
      exportIntervalMillis: intervalMs,
      exportTimeoutMillis: timeoutMs,
    });
  });
}

function redacting(
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
    selectAggregationTemporality: (instrument) => temporality(instrument, destination.temporality),
    selectAggregation: (instrument) =>
      destination.hasExponentialHistograms && instrument === InstrumentType.HISTOGRAM
        ? { type: AggregationType.EXPONENTIAL_HISTOGRAM }
        : { type: AggregationType.DEFAULT },
  };
}

/** As the specification defines cumulative, delta and lowmemory. */
function temporality(
  instrument: InstrumentType,
  preference: MetricDestination['temporality'],
): AggregationTemporality {
  const isUpDown =
    instrument === InstrumentType.UP_DOWN_COUNTER || instrument === InstrumentType.OBSERVABLE_UP_DOWN_COUNTER;
  const isSynchronousSum = instrument === InstrumentType.COUNTER || instrument === InstrumentType.HISTOGRAM;
  const isDelta = preference === 'delta' ? !isUpDown : preference === 'lowmemory' && isSynchronousSum;
  return isDelta ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE;
}
