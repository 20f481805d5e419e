import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import type { LogRecord, Resource, Span } from '../../src/core/span.ts';

export const ROOT: string = resolve(import.meta.dirname, '../..');
export const APPS: string = join(ROOT, 'test/apps');
/** For apps that a test writes: inside the package, so that its own name resolves; git does not see it. */
export const GENERATED: string = join(ROOT, 'test/.generated');

export interface RunOptions {
  /** Node's own arguments; default: our register. */
  readonly nodeArgs?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: string;
  readonly cwd?: string;
  /** Called with the child once it has started. */
  readonly during?: (child: ChildProcess) => Promise<void> | void;
}

export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

export const REGISTER: readonly string[] = ['--import', '@agentlog/otel/register'];

/** Runs a real app in a child process to its end; kills it after 30 s. No inherited OTEL or AGENTLOG variables. */
export function runApp(app: string, options: RunOptions = {}): Promise<Run> {
  const args = [...(options.nodeArgs ?? REGISTER), resolve(APPS, app), ...(options.args ?? [])];
  return runCommand(options.node ?? process.execPath, args, options);
}

/** The same for any command; `node` on its PATH is the one that runs the tests. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: Omit<RunOptions, 'nodeArgs' | 'node'> = {},
): Promise<Run> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:OTEL_|AGENTLOG_|NODE_OPTIONS|VITEST)/.test(name),
  );
  const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  const startedAt = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...Object.fromEntries(inherited), PATH, ...options.env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const ended = new Promise<Pick<Run, 'code' | 'signal'>>((done) => {
    child.on('close', (code, signal) => done({ code, signal }));
  });
  await options.during?.(child);
  const { code, signal } = await ended;
  clearTimeout(timer);
  return { code, signal, stdout, stderr, elapsedMs: performance.now() - startedAt };
}

/** Resolves when the child has printed a line that holds `text`. */
export function printed(child: ChildProcess, text: string): Promise<void> {
  return new Promise((done, fail) => {
    let seen = '';
    child.stdout?.on('data', (chunk) => {
      seen += chunk;
      if (seen.includes(text)) done();
    });
    child.on('close', () => fail(new Error(`the app ended before it printed ${text}`)));
  });
}

/** A directory that is removed after the test. */
export function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'agentlog-test-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Everything the local files hold, in the order it was written. Throws on a line that is not OTLP. */
export function readLocal(directory: string): { spans: Span[]; logs: LogRecord[]; text: string } {
  const texts = (existsSync(directory) ? readdirSync(directory) : [])
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => readFileSync(join(directory, name), 'utf8'));
  const lines = texts.flatMap((text) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => decodeLine(line)),
  );
  return {
    spans: lines.flatMap((line) => line.spans),
    logs: lines.flatMap((line) => line.logs),
    text: texts.join(''),
  };
}

/** A record of the local file as OTLP has it: the local file alone names the settings of the process. */
export function asSent<T extends { readonly resource: Resource }>(record: T): T {
  const { 'agentlog.configuration.names': _names, ...attributes } = record.resource.attributes;
  return { ...record, resource: { ...record.resource, attributes } };
}
