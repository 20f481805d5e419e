import { readFileSync } from 'node:fs';
import { convertLegacyHttpOptions } from '@opentelemetry/otlp-exporter-base/node-http';

export type Signal = 'traces' | 'logs' | 'metrics';
export type Protocol = 'http/json' | 'http/protobuf' | 'grpc';

/** One OTLP destination. What is left out is read from the `OTEL_EXPORTER_OTLP_*` variables, as upstream does. */
export interface OtlpTarget {
  readonly protocol: Protocol;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMillis?: number;
  readonly compression?: 'gzip' | 'none';
  /** Paths of PEM files; read when the exporter is built. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** gRPC only: no TLS. */
  readonly insecure?: boolean;
}

/** Where and how to send, over HTTP. */
export type OtlpHttpSettings = ReturnType<typeof convertLegacyHttpOptions>;

const CONTENT_TYPE = {
  'http/json': 'application/json',
  'http/protobuf': 'application/x-protobuf',
  grpc: 'application/grpc',
} as const;

/**
 * Endpoint, headers, time-out, compression and certificates of one signal: the target's own, else the environment's.
 * @throws for a URL or a certificate that cannot be read.
 */
export function otlpHttpSettings(signal: Signal, target: OtlpTarget): OtlpHttpSettings {
  const { protocol, tls, url, headers, timeoutMillis, compression } = target;
  type Given = Parameters<typeof convertLegacyHttpOptions>[0];
  const given: Record<string, unknown> = { url, timeoutMillis, compression, headers };
  if (tls !== undefined) given.httpAgentOptions = readCertificates(tls);
  return convertLegacyHttpOptions(given as Given, signal.toUpperCase(), `v1/${signal}`, {
    'Content-Type': CONTENT_TYPE[protocol],
  });
}

/** The contents of the PEM files. @throws what the file system throws. */
export function readCertificates(tls: NonNullable<OtlpTarget['tls']>): {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
} {
  const entries = Object.entries(tls).map(([name, path]) => [name, readFileSync(path)] as const);
  return Object.fromEntries(entries);
}
