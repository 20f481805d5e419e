import type { ExportResult } from '@opentelemetry/core';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { joinLogs, joinSpans } from '../../core/otlp/join.ts';
import type { LogView, SpanView } from '../../core/otlp/views.ts';
import { grpcOptions } from './grpc.ts';
import { OtlpHttpExporter } from './http-exporter.ts';
import type { Patience } from './patience.ts';
import { type OtlpTarget, otlpHttpSettings } from './settings.ts';

export { Patience } from './patience.ts';
export {
  type OtlpHttpSettings,
  type OtlpTarget,
  otlpHttpSettings,
  type Protocol,
  type Signal,
} from './settings.ts';

/** Upstream's exporter interface. */
export interface OtlpExporter<T> {
  export(items: T, done: (result: ExportResult) => void): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

const encoder = new TextEncoder();
const transformer = () => import('@opentelemetry/otlp-transformer');

/** Sends spans to the collector. JSON joins what is already encoded for the local file; nothing is encoded twice. */
export function createOtlpTraceExporter(target: OtlpTarget, patience: Patience): OtlpExporter<SpanView[]> {
  if (target.protocol === 'grpc') {
    return deferred(
      async () =>
        new (await import('@opentelemetry/exporter-trace-otlp-grpc')).OTLPTraceExporter(
          await grpcOptions(target),
        ),
    );
  }
  return new OtlpHttpExporter<SpanView[]>(
    'traces',
    otlpHttpSettings('traces', target),
    patience,
    target.protocol === 'http/json'
      ? (spans) => encoder.encode(joinSpans(spans))
      : async (spans) => (await transformer()).ProtobufTraceSerializer.serializeRequest(spans),
  );
}

/** Sends log records to the collector. */
export function createOtlpLogExporter(target: OtlpTarget, patience: Patience): OtlpExporter<LogView[]> {
  if (target.protocol === 'grpc') {
    return deferred(
      async () =>
        new (await import('@opentelemetry/exporter-logs-otlp-grpc')).OTLPLogExporter(
          await grpcOptions(target),
        ),
    );
  }
  return new OtlpHttpExporter<LogView[]>(
    'logs',
    otlpHttpSettings('logs', target),
    patience,
    target.protocol === 'http/json'
      ? (logs) => encoder.encode(joinLogs(logs))
      : async (logs) => (await transformer()).ProtobufLogsSerializer.serializeRequest(logs),
  );
}

/** Sends metrics to the collector. */
export function createOtlpMetricExporter(
  target: OtlpTarget,
  patience: Patience,
): OtlpExporter<ResourceMetrics> {
  if (target.protocol === 'grpc') {
    return deferred(
      async () =>
        new (await import('@opentelemetry/exporter-metrics-otlp-grpc')).OTLPMetricExporter(
          await grpcOptions(target),
        ),
    );
  }
  const name = target.protocol === 'http/json' ? 'JsonMetricsSerializer' : 'ProtobufMetricsSerializer';
  return new OtlpHttpExporter<ResourceMetrics>(
    'metrics',
    otlpHttpSettings('metrics', target),
    patience,
    async (metrics) => (await transformer())[name].serializeRequest(metrics),
  );
}

/** Upstream's gRPC exporter, loaded at the first export: it brings 2 MB of modules that nobody else needs. */
function deferred<T>(load: () => Promise<OtlpExporter<T>>): OtlpExporter<T> {
  let loaded: Promise<OtlpExporter<T>> | undefined;
  return {
    export(items, done) {
      loaded ??= load();
      loaded.then(
        (exporter) => exporter.export(items, done),
        (error) => done({ code: 1, error }),
      );
    },
    forceFlush: async () => (await loaded)?.forceFlush(),
    shutdown: async () => (await loaded)?.shutdown(),
  };
}
