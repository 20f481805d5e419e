import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureCollector } from './build-collector.ts';
import { freePorts } from './free-ports.ts';

export { ensureCollector, whyNoCollector } from './build-collector.ts';

/** The configuration under test. */
export const COLLECTOR_CONFIG: string = fileURLToPath(new URL('../../otel-collector.yaml', import.meta.url));

const READY_MS = 30_000;
const STOP_MS = 20_000;
const START_TRIES = 3;

export interface CollectorOptions {
  /** The caller's temporary directory: the working directory, and where `file` is written. */
  directory: string;
  /** Configuration files, later ones merged over earlier ones; the repository's own when left out. */
  config?: string[];
  /** Over this process's environment and the free ports. */
  env?: Record<string, string>;
}

export interface Collector {
  readonly pid: number;
  /** OTLP over HTTP, `http://127.0.0.1:<port>`. */
  readonly httpEndpoint: string;
  /** OTLP over gRPC, `127.0.0.1:<port>`. */
  readonly grpcEndpoint: string;
  /** What the `file` exporter writes. */
  readonly file: string;
  /** The collector's own counters, as Prometheus text. */
  metrics(): Promise<string>;
  /** All it has logged. */
  log(): string;
  /** Ends it (SIGTERM flushes first), waits until it has gone, and resolves to its exit code; may be called often. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts the real collector on free ports of the loopback and resolves when its health check says it is ready.
 * @throws Error with the end of its log when it ends first or takes too long.
 */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const binary = await ensureCollector();
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(binary, options);
    } catch (error) {
      // Between finding a port and using it, someone else may have taken it.
      if (attempt === START_TRIES || !String(error).includes('address already in use')) throw error;
    }
  }
}

async function startOnce(binary: string, options: CollectorOptions): Promise<Collector> {
  const [grpc, http, health, metrics] = (await freePorts(4)) as [number, number, number, number];
  const env = {
    OTLP_GRPC_ENDPOINT: `127.0.0.1:${grpc}`,
    OTLP_HTTP_ENDPOINT: `127.0.0.1:${http}`,
    HEALTH_CHECK_ENDPOINT: `127.0.0.1:${health}`,
    COLLECTOR_METRICS_PORT: String(metrics),
    OTLP_FILE: join(options.directory, 'otlp.jsonl'),
    ...options.env,
  };
  const config = options.config ?? [COLLECTOR_CONFIG];
  const child = spawn(
    binary,
    config.flatMap((path) => ['--config', path]),
    {
      cwd: options.directory,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const running = watch(child);
  await untilReady(`http://${env.HEALTH_CHECK_ENDPOINT}/`, running);
  return {
    pid: child.pid as number,
    httpEndpoint: `http://${env.OTLP_HTTP_ENDPOINT}`,
    grpcEndpoint: env.OTLP_GRPC_ENDPOINT,
    file: env.OTLP_FILE,
    metrics: async () => (await fetch(`http://127.0.0.1:${env.COLLECTOR_METRICS_PORT}/metrics`)).text(),
    log: running.log,
    stop: running.stop,
  };
}

interface Running {
  log(): string;
  hasEnded(): boolean;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

function watch(child: ChildProcess): Running {
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
  }
  const killNow = (): void => {
    child.kill('SIGKILL');
  };
  process.on('exit', killNow);
  let ended = false;
  const closed = once(child, 'close').then(
    ([code]: (number | null)[]) => code ?? null,
    () => null,
  );
  closed.then(() => {
    ended = true;
    process.off('exit', killNow);
  });
  return {
    log: () => log,
    hasEnded: () => ended,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const timer = setTimeout(killNow, STOP_MS);
      const code = await closed;
      clearTimeout(timer);
      return code;
    },
  };
}

async function untilReady(url: string, running: Running): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const ready = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    if (running.hasEnded() || Date.now() > deadline) {
      await running.stop('SIGKILL');
      throw new Error(
        `the collector ${running.hasEnded() ? 'ended before it was ready' : 'was not ready in time'}:\n${running.log().slice(-4_000)}`,
      );
    }
    await sleep(50);
  }
}
