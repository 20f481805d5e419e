import { convertLegacyHttpOptions } from '@opentelemetry/otlp-exporter-base/node-http';

export type Signal = 'traces' | 'logs' | 'metrics';
export type Protocol = 'http/json' | 'http/protobuf' | 'grpc';

/** Where and how to send: what the standard `OTEL_EXPORTER_OTLP_*` variables say. */
export type OtlpHttpSettings = ReturnType<typeof convertLegacyHttpOptions>;

const CONTENT_TYPE = { 'http/json': 'application/json', 'http/protobuf': 'application/x-protobuf' } as const;

/** Reads endpoint, headers, time-out, compression and certificates of one signal from the environment, as upstream does. */
export function otlpHttpSettings(signal: Signal, protocol: Exclude<Protocol, 'grpc'>): OtlpHttpSettings {
  return convertLegacyHttpOptions({}, signal.toUpperCase(), `v1/${signal}`, {
    'Content-Type': CONTENT_TYPE[protocol],
  });
}
