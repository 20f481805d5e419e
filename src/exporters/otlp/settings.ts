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

const DEFAULT_GRPC_URL = 'http://localhost:4317';

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

/**
 * Where a gRPC target is, as upstream reads it: without a scheme it is TLS unless the target or
 * `OTEL_EXPORTER_OTLP_INSECURE` says otherwise; a path is ignored; `unix:` names a socket.
 * @throws for a URL that cannot be read.
 */
export function grpcAddress(
  signal: Signal,
  target: OtlpTarget,
): { readonly url: string; readonly socketPath: string | undefined } {
  const given = (target.url ?? fromEnv(signal, 'ENDPOINT') ?? DEFAULT_GRPC_URL).trim();
  if (given.startsWith('unix:')) {
    return { url: 'http://localhost', socketPath: given.replace(/^unix:(?:\/\/(?=\/))?/, '') };
  }
  const [, scheme] = /^(\w{1,8}):\/\//.exec(given) ?? [];
  const isInsecure = target.insecure ?? fromEnv(signal, 'INSECURE')?.toLowerCase() === 'true';
  const isPlain = scheme === undefined ? isInsecure : scheme !== 'https' && (scheme === 'http' || isInsecure);
  const { host } = new URL(scheme === undefined ? `https://${given}` : given.replace(/^\w+/, 'https'));
  return { url: `${isPlain ? 'http' : 'https'}://${host}`, socketPath: undefined };
}

function fromEnv(signal: Signal, name: string): string | undefined {
  const { env } = process;
  return (
    env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`]?.trim() ||
    env[`OTEL_EXPORTER_OTLP_${name}`]?.trim() ||
    undefined
  );
}
