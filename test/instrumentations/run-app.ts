import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PRELOAD = new URL('./preload.ts', import.meta.url).href;

export interface RecordedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: Record<string, unknown>;
  readonly status: { readonly code: number; readonly message?: string };
  readonly events: { readonly name: string; readonly attributes: Record<string, unknown> }[];
  readonly scope: string;
  readonly durationMs: number;
}

export interface RecordedLog {
  readonly body: unknown;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly attributes: Record<string, unknown>;
  readonly traceId?: string;
  readonly scope: string;
}

export interface AppRun {
  readonly code: number | null;
  /** What the app itself printed. */
  readonly output: string;
  readonly errors: string;
  readonly spans: RecordedSpan[];
  readonly logs: RecordedLog[];
  readonly hooked: { name: string; libraries: string[] }[];
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  /** Without the preload: what the app does on its own. */
  readonly bare?: boolean;
  /** Where a copy of the apps is, as `withOlderLibrary` makes one. Default: `apps/`. */
  readonly directory?: string;
}

/**
 * Runs `work` with a copy of the apps that finds the package installed as `alias` under its real name `library`:
 * hooks go by the name of the directory a package is in.
 */
export async function withOlderLibrary<T>(
  alias: string,
  library: string,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const root = join(import.meta.dirname, '../..', 'node_modules');
  const directory = await mkdtemp(join(tmpdir(), 'agentlog-older-'));
  try {
    const modules = join(directory, 'node_modules');
    const [first = ''] = library.split('/');
    await mkdir(modules);
    for (const name of await readdir(root)) {
      if (name !== first && name !== '.bin') await symlink(join(root, name), join(modules, name));
    }
    await cp(await realpath(join(root, alias)), join(modules, library), {
      recursive: true,
      filter: (source) => !/\.(?:map|[cm]?ts)$/.test(source),
    });
    await cp(join(import.meta.dirname, 'apps'), join(directory, 'apps'), { recursive: true });
    return await work(join(directory, 'apps'));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs `apps/<app>` in a process of its own and returns what it printed and what was recorded. */
export async function runApp(app: string, options: RunOptions = {}): Promise<AppRun> {
  const nodeArgs = [...(options.bare ? [] : ['--import', PRELOAD]), ...(options.nodeArgs ?? [])];
  const file = join(options.directory ?? join(import.meta.dirname, 'apps'), app);
  const child = spawn(process.execPath, [...nodeArgs, file, ...(options.args ?? [])], {
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [output = '', recorded] = stdout.split('\n@@recorded ');
  const parsed = recorded === undefined ? { spans: [], logs: [], hooked: [] } : JSON.parse(recorded);
  return { code, output, errors, ...parsed };
}
