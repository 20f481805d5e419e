import type { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { type OtlpTarget, readCertificates } from './settings.ts';

/** What upstream's gRPC exporters take in their constructor. */
export interface GrpcOptions {
  url?: string;
  timeoutMillis?: number;
  compression?: CompressionAlgorithm;
  // The classes of @grpc/grpc-js, which are not named here: it is loaded with the exporter only.
  metadata?: never;
  credentials?: never;
}

/** The target as options for upstream's gRPC exporters; empty when everything comes from the environment. */
export async function grpcOptions(target: OtlpTarget): Promise<GrpcOptions> {
  const options: GrpcOptions = {};
  if (target.url !== undefined) options.url = target.url;
  if (target.timeoutMillis !== undefined) options.timeoutMillis = target.timeoutMillis;
  if (target.compression !== undefined) options.compression = target.compression as CompressionAlgorithm;
  if (target.headers === undefined && target.tls === undefined && target.insecure === undefined)
    return options;
  const base = await import('@opentelemetry/otlp-grpc-exporter-base');
  if (target.headers !== undefined) {
    const metadata = base.createEmptyMetadata();
    for (const [name, value] of Object.entries(target.headers)) metadata.set(name, value);
    options.metadata = metadata as never;
  }
  if (target.insecure) options.credentials = base.createInsecureCredentials() as never;
  else if (target.tls !== undefined) {
    const { ca, key, cert } = readCertificates(target.tls);
    options.credentials = base.createSslCredentials(ca, key, cert) as never;
  }
  return options;
}
