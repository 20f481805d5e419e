import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ensureJaeger } from './build-jaeger.ts';
import { freePorts } from './free-ports.ts';
import { type Program, startProgram } from './program.ts';

export { ensureJaeger, whyNoJaeger } from './build-jaeger.ts';

const CONFIG: string = fileURLToPath(new URL('jaeger.yaml', import.meta.url));

export interface Jaeger extends Program {
  /** Where it is asked, `http://127.0.0.1:<port>`. */
  readonly queryUrl: string;
  /** OTLP over HTTP, `http://127.0.0.1:<port>`. */
  readonly otlpUrl: string;
}

/**
 * Starts a real Jaeger on free ports of the loopback, with its traces in memory, and resolves when it is ready.
 * @throws Error with the end of its log when it ends first or takes too long.
 */
export async function startJaeger(): Promise<Jaeger> {
  const binary = await ensureJaeger();
  const { program, start } = await startProgram(async () => {
    const [query, queryGrpc, health, healthGrpc, otlpGrpc, otlpHttp] = (await freePorts(6)).map(
      (port) => `127.0.0.1:${port}`,
    ) as [string, string, string, string, string, string];
    const env = {
      JAEGER_QUERY_ENDPOINT: query,
      JAEGER_QUERY_GRPC_ENDPOINT: queryGrpc,
      JAEGER_HEALTH_ENDPOINT: health,
      JAEGER_HEALTH_GRPC_ENDPOINT: healthGrpc,
      JAEGER_OTLP_GRPC_ENDPOINT: otlpGrpc,
      JAEGER_OTLP_HTTP_ENDPOINT: otlpHttp,
    };
    const readyUrl = `http://${query}/api/v3/services`;
    return { name: 'Jaeger', binary, args: ['--config', CONFIG], cwd: tmpdir(), env, readyUrl };
  });
  const { JAEGER_QUERY_ENDPOINT, JAEGER_OTLP_HTTP_ENDPOINT } = start.env;
  return {
    ...program,
    // Nothing is worth flushing, and SIGTERM waits for every connection that a client keeps alive.
    stop: () => program.stop('SIGKILL'),
    queryUrl: `http://${JAEGER_QUERY_ENDPOINT}`,
    otlpUrl: `http://${JAEGER_OTLP_HTTP_ENDPOINT}`,
  };
}
