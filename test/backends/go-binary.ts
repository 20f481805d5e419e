import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheDirectory } from '../cache-directory.ts';
import { withLock } from './lock.ts';

const BUILD_MS = 30 * 60_000;

/** A program that is built from Go modules, once per machine. */
export interface GoBinary {
  /** As a person calls it: `Jaeger v1.76.0`. */
  name: string;
  /** Its folder in the cache; a change of what it is built from must be a change here. */
  folder: string;
  file: string;
  /** What the first build takes, for the message. */
  minutes: string;
  /** Builds it inside `directory` (empty, removed afterwards); resolves to the path of the binary in there. */
  build(directory: string): Promise<string>;
}

/** Where the binary is, or will be: outside the repository, one for the machine. */
export function binaryPath(binary: GoBinary): string {
  return join(cacheDirectory(), binary.folder, binary.file);
}

/** Undefined when it is built or can be; else one sentence that says what to do. */
export function whyNoBinary(binary: GoBinary): string | undefined {
  if (existsSync(binaryPath(binary)) || goVersion() !== undefined) return undefined;
  return `There is no ${binary.name} to test with: install Go (https://go.dev), and the tests build it from its Go modules, once per machine.`;
}

/**
 * The path of the binary, built at the first call on a machine; callers at the same time wait for the one that builds.
 * @throws Error when it is not built and cannot be, with what to do.
 */
export async function ensureBinary(binary: GoBinary): Promise<string> {
  const path = binaryPath(binary);
  if (existsSync(path)) return path;
  const missing = whyNoBinary(binary);
  if (missing !== undefined) throw new Error(missing);
  mkdirSync(cacheDirectory(), { recursive: true });
  await withLock(join(cacheDirectory(), `${binary.file}.lock`), async () => {
    if (existsSync(path)) return;
    process.stderr.write(`building ${binary.name}, once per machine (${binary.minutes}) …\n`);
    const directory = mkdtempSync(join(cacheDirectory(), 'building-'));
    try {
      const built = await binary.build(directory);
      mkdirSync(dirname(path), { recursive: true });
      // A rename is atomic: whoever sees the file sees all of it.
      renameSync(built, path);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
  return path;
}

/** Runs the Go tool behind everything else on the machine; resolves to what it printed. */
export function runGo(args: string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      CGO_ENABLED: '0',
      GOFLAGS: `${process.env.GOFLAGS ?? ''} -buildvcs=false`.trim(),
      GOWORK: 'off',
    };
    const child = spawn('go', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: BUILD_MS });
    if (child.pid !== undefined) setPriority(child.pid, 10);
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-4_000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`\`go ${args[0]} ${args[1]}\` ended with ${signal ?? code}:\n${errors}`));
    });
  });
}

function goVersion(): string | undefined {
  const { status, stdout } = spawnSync('go', ['version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
