import type { ExportResult } from '@opentelemetry/core';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Encoded, Form } from '../../core/otlp/encoded.ts';
import { joinLogs, joinSpans } from '../../core/otlp/join.ts';
import { joinProto } from '../../core/otlp/join-proto.ts';
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
export type EncodedOtlpExporter = OtlpExporter<Encoded[]> & { readonly takes: Form };

/** Sends spans to the collector: joins what is already encoded, for the local file too when that is JSON. */
export function createOtlpTraceExporter(target: OtlpTarget, patience: Patience): EncodedOtlpExporter {
  return encodedExporter('traces', target, patience, joinSpans);
}

/** Sends log records to the collector, as {@link createOtlpTraceExporter}. */
export function createOtlpLogExporter(target: OtlpTarget, patience: Patience): EncodedOtlpExporter {
  return encodedExporter('logs', target, patience, joinLogs);
}

/** Sends metrics to the collector. */
export function createOtlpMetricExporter(
  target: OtlpTarget,
  patience: Patience,
): OtlpExporter<ResourceMetrics> {
  const name = target.protocol === 'http/json' ? 'JsonMetricsSerializer' : 'ProtobufMetricsSerializer';
  return exporter<ResourceMetrics>('metrics', target, patience, async (metrics) =>
    (await import('@opentelemetry/otlp-transformer'))[name].serializeRequest(metrics),
  );
}

function encodedExporter(
  signal: Signal,
  target: OtlpTarget,
  patience: Patience,
  joinJson: (items: Encoded[]) => Uint8Array,
): EncodedOtlpExporter {
  const takes = target.protocol === 'http/json' ? 'json' : 'protobuf';
  const join = takes === 'json' ? joinJson : joinProto;
  return Object.assign(exporter(signal, target, patience, join), { takes } as const);
}

function exporter<T>(
  signal: Signal,
  target: OtlpTarget,
  patience: Patience,
  serialize: Serialize<T>,
): OtlpExporter<T> {
  return new OtlpNetworkExporter(signal, createLink(signal, target, patience), patience, serialize);
}
