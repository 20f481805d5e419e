import type { ExportResult } from '@opentelemetry/core';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Encoded } from '../../core/otlp/encoded.ts';
import { joinLogs, joinSpans } from '../../core/otlp/join.ts';
import type { LogView, SpanView } from '../../core/otlp/views.ts';
import { createLink } from './create-link.ts';
import { OtlpNetworkExporter, type Serialize } from './network-exporter.ts';
import type { Patience } from './patience.ts';
import type { OtlpTarget, Signal } from './settings.ts';

export { Patience } from './patience.ts';
export { type Probe, probe } from './probe.ts';
export type { OtlpTarget, Protocol, Signal } from './settings.ts';

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
  return exporter<SpanView[]>('traces', target, patience, async (spans) =>
    (await transformer()).ProtobufTraceSerializer.serializeRequest(spans),
  );
}

/** Sends log records to the collector. */
export function createOtlpLogExporter(
  target: OtlpTarget,
  patience: Patience,
): OtlpExporter<LogView[]> | EncodedOtlpExporter {
  if (target.protocol === 'http/json') return encodedExporter('logs', target, patience, joinLogs);
  return exporter<LogView[]>('logs', target, patience, async (logs) =>
    (await transformer()).ProtobufLogsSerializer.serializeRequest(logs),
  );
}

/** Sends metrics to the collector. */
export function createOtlpMetricExporter(
  target: OtlpTarget,
  patience: Patience,
): OtlpExporter<ResourceMetrics> {
  const name = target.protocol === 'http/json' ? 'JsonMetricsSerializer' : 'ProtobufMetricsSerializer';
  return exporter<ResourceMetrics>('metrics', target, patience, async (metrics) =>
    (await transformer())[name].serializeRequest(metrics),
  );
}

function encodedExporter(
  signal: Signal,
  target: OtlpTarget,
  patience: Patience,
  join: (items: Encoded[]) => Uint8Array,
): EncodedOtlpExporter {
  return Object.assign(exporter(signal, target, patience, join), { takesEncoded: true } as const);
}

function exporter<T>(
  signal: Signal,
  target: OtlpTarget,
  patience: Patience,
  serialize: Serialize<T>,
): OtlpExporter<T> {
  return new OtlpNetworkExporter(signal, createLink(signal, target, patience), patience, serialize);
}
