import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureCollector } from './build-collector.ts';
import { freePorts } from './free-ports.ts';
import { type Program, startProgram } from './program.ts';

export { ensureCollector, whyNoCollector } from './build-collector.ts';

/** The configuration under test. */
export const COLLECTOR_CONFIG: string = fileURLToPath(new URL('../../otel-collector.yaml', import.meta.url));

export interface CollectorOptions {
  /** The caller's temporary directory: the working directory, and where `file` is written. */
  directory: string;
  /** Configuration files, later ones merged over earlier ones; the repository's own when left out. */
  config?: string[];
  /** Over this process's environment and the free ports. */
  env?: Record<string, string>;
}

export interface Collector extends Program {
  /** OTLP over HTTP, `http://127.0.0.1:<port>`. */
  readonly httpEndpoint: string;
  /** OTLP over gRPC, `127.0.0.1:<port>`. */
  readonly grpcEndpoint: string;
  /** What the `file` exporter writes. */
  readonly file: string;
  /** The collector's own counters, as Prometheus text. */
  metrics(): Promise<string>;
}

/**
 * Starts the real collector on free ports of the loopback and resolves when its health check says it is ready.
 * @throws Error with the end of its log when it ends first or takes too long.
 */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const binary = await ensureCollector();
  const { program, start } = await startProgram(async () => {
    const [grpc, http, health, metrics] = (await freePorts(4)) as [number, number, number, number];
    const env = {
      OTLP_GRPC_ENDPOINT: `127.0.0.1:${grpc}`,
      OTLP_HTTP_ENDPOINT: `127.0.0.1:${http}`,
      HEALTH_CHECK_ENDPOINT: `127.0.0.1:${health}`,
      COLLECTOR_METRICS_PORT: String(metrics),
      OTLP_FILE: join(options.directory, 'otlp.jsonl'),
      ...options.env,
    };
    const args = (options.config ?? [COLLECTOR_CONFIG]).flatMap((path) => ['--config', path]);
    const readyUrl = `http://${env.HEALTH_CHECK_ENDPOINT}/`;
    return { name: 'the collector', binary, args, cwd: options.directory, env, readyUrl };
  });
  const { env } = start;
  return {
    ...program,
    httpEndpoint: `http://${env.OTLP_HTTP_ENDPOINT}`,
    grpcEndpoint: env.OTLP_GRPC_ENDPOINT,
    file: env.OTLP_FILE,
    metrics: async () => (await fetch(`http://127.0.0.1:${env.COLLECTOR_METRICS_PORT}/metrics`)).text(),
  };
}
