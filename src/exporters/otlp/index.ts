import type { ExportResult } from '@opentelemetry/core';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Encoded } from '../../core/otlp/encoded.ts';
import { joinLogs, joinSpans } from '../../core/otlp/join.ts';
import type { LogView, SpanView } from '../../core/otlp/views.ts';
import { grpcOptions } from './grpc.ts';
import { OtlpHttpExporter } from './http-exporter.ts';
import type { Patience } from './patience.ts';
import { type OtlpTarget, otlpHttpSettings } from './settings.ts';

export { Patience } from './patience.ts';
export { type Probe, probe } from './probe.ts';
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

/** One that is given what is already encoded. */
export type EncodedOtlpExporter = OtlpExporter<Encoded[]> & { readonly takesEncoded: true };

const transformer = () => import('@opentelemetry/otlp-transformer');

/** Sends spans to the collector. JSON joins what is already encoded for the local file; nothing is encoded twice. */
export function createOtlpTraceExporter(
  target: OtlpTarget,
  patience: Patience,
): OtlpExporter<SpanView[]> | EncodedOtlpExporter {
  if (target.protocol === 'http/json') return encodedExporter('traces', target, patience, joinSpans);
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
    async (spans) => (await transformer()).ProtobufTraceSerializer.serializeRequest(spans),
  );
}

/** Sends log records to the collector. */
export function createOtlpLogExporter(
  target: OtlpTarget,
  patience: Patience,
): OtlpExporter<LogView[]> | EncodedOtlpExporter {
  if (target.protocol === 'http/json') return encodedExporter('logs', target, patience, joinLogs);
  if (target.protocol === 'grpc') {
    return deferred(
      async () =>
        new (await import('@opentelemetry/exporter-logs-otlp-grpc')).OTLPLogExporter(
          await grpcOptions(target),
        ),
    );
  }
  return new OtlpHttpExporter<LogView[]>('logs', otlpHttpSettings('logs', target), patience, async (logs) =>
    (await transformer()).ProtobufLogsSerializer.serializeRequest(logs),
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

function encodedExporter(
  signal: 'traces' | 'logs',
  target: OtlpTarget,
  patience: Patience,
  join: (items: Encoded[]) => Uint8Array,
): EncodedOtlpExporter {
  const exporter = new OtlpHttpExporter(signal, otlpHttpSettings(signal, target), patience, join);
  return Object.assign(exporter, { takesEncoded: true } as const);
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
