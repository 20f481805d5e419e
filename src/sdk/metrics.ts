import type { ExportResult } from '@opentelemetry/core';
import { getStringFromEnv } from '@opentelemetry/core';
import {
  AggregationTemporality,
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
import type { Config } from './config.ts';

/** One reader for each exporter of `OTEL_METRICS_EXPORTER`; empty for `none`. What leaves has been redacted. */
export function createMetricReaders(config: Config, redactor: Redactor, patience: Patience): IMetricReader[] {
  const { exporters, protocol, intervalMs, timeoutMs } = config.metrics;
  return exporters.map((name) => {
    const exporter =
      name === 'otlp' ? createOtlpMetricExporter(protocol, patience) : new ConsoleMetricExporter();
    return new PeriodicExportingMetricReader({
      exporter: redacting(exporter, redactor),
      exportIntervalMillis: intervalMs,
      exportTimeoutMillis: timeoutMs,
    });
  });
}

function redacting(exporter: OtlpExporter<ResourceMetrics>, redactor: Redactor): PushMetricExporter {
  return {
    export(metrics: ResourceMetrics, done: (result: ExportResult) => void) {
      exporter.export(redactMetrics(metrics, redactor), done);
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
    selectAggregationTemporality: temporality,
  };
}

/** `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`: cumulative, delta or lowmemory, as the specification says. */
function temporality(instrument: InstrumentType): AggregationTemporality {
  const preference = getStringFromEnv('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE')?.toLowerCase();
  const isUpDown =
    instrument === InstrumentType.UP_DOWN_COUNTER || instrument === InstrumentType.OBSERVABLE_UP_DOWN_COUNTER;
  const isSynchronousSum = instrument === InstrumentType.COUNTER || instrument === InstrumentType.HISTOGRAM;
  const isDelta = preference === 'delta' ? !isUpDown : preference === 'lowmemory' && isSynchronousSum;
  return isDelta ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE;
}
