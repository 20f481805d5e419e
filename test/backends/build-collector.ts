import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, setPriority } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.ts';

const VERSION = 'v0.158.0';
const BUILDER = `go.opentelemetry.io/collector/cmd/builder@${VERSION}`;
const MANIFEST: string = fileURLToPath(new URL('collector-builder.yaml', import.meta.url));
const BUILD_MS = 20 * 60_000;

/** Where the collector of this manifest is, or will be: outside the repository, one for the machine. */
export function collectorPath(): string {
  const hash = createHash('sha256').update(readFileSync(MANIFEST)).digest('hex').slice(0, 12);
  return join(cacheDirectory(), `collector-${VERSION}-${hash}`, 'otelcol');
}

/** Undefined when the collector is built or can be; else one sentence that says what to do. */
export function whyNoCollector(): string | undefined {
  if (existsSync(collectorPath()) || goVersion() !== undefined) return undefined;
  return 'There is no OpenTelemetry Collector to test with: install Go (https://go.dev), and the tests build it from its Go modules, once per machine.';
}

/**
 * The path of a real OpenTelemetry Collector, built from its Go modules at the first call on a machine.
 *
 * The first build takes 2 to 5 minutes on two cores; callers at the same time wait for the one that builds.
 * @throws Error when it is not built and cannot be, with what to do.
 */
export async function ensureCollector(): Promise<string> {
  const path = collectorPath();
  if (existsSync(path)) return path;
  const missing = whyNoCollector();
  if (missing !== undefined) throw new Error(missing);
  mkdirSync(cacheDirectory(), { recursive: true });
  await withLock(join(cacheDirectory(), 'collector.lock'), async () => {
    if (!existsSync(path)) await build(path);
  });
  return path;
}

async function build(path: string): Promise<void> {
  process.stderr.write(
    `building the OpenTelemetry Collector ${VERSION}, once per machine (about 5 minutes) …\n`,
  );
  const directory = mkdtempSync(join(cacheDirectory(), 'building-'));
  try {
    await run('go', ['run', BUILDER, '--config', MANIFEST], directory);
    mkdirSync(join(path, '..'), { recursive: true });
    // A rename is atomic: whoever sees the file sees all of it.
    renameSync(join(directory, 'otelcol', 'otelcol'), path);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function run(command: string, args: string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: BUILD_MS });
    if (child.pid !== undefined) setPriority(child.pid, 10);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-4_000);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`\`${command} ${args[1]}\` ended with ${signal ?? code}:\n${output}`));
    });
  });
}

function goVersion(): string | undefined {
  const { status, stdout } = spawnSync('go', ['version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function cacheDirectory(): string {
  const { AGENTLOG_CACHE, XDG_CACHE_HOME } = process.env;
  return join(AGENTLOG_CACHE || XDG_CACHE_HOME || join(homedir(), '.cache'), 'agentlog-otel');
}
