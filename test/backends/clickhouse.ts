import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackage, packagePath } from '../nodes/install-node.ts';
import { freePorts } from './free-ports.ts';
import { type Program, startProgram } from './program.ts';

const VERSION = '3.4.0';
const ENTRY = 'index.js';
const SERVER: string = fileURLToPath(new URL('clickhouse-server.ts', import.meta.url));

export interface Clickhouse extends Program {
  /** Where it is asked and written to, `http://127.0.0.1:<port>`. */
  readonly url: string;
}

/** Undefined when the engine is there; else one sentence that says what to do. It is 546 MB, so only CI gets it unasked. */
export function whyNoClickhouse(): string | undefined {
  if (existsSync(packagePath('chdb', VERSION, ENTRY))) return undefined;
  return 'There is no ClickHouse engine to test with: `npm run build:backends` installs chDB from npm (546 MB), once per machine.';
}

/** The engine of ClickHouse as an npm package, installed at the first call on a machine, outside the repository. */
export function ensureClickhouse(): Promise<string> {
  return installPackage('chdb', VERSION, ENTRY);
}

/**
 * Starts ClickHouse's engine behind its HTTP interface on a free port of the loopback, its data in a temporary
 * directory, and resolves when it is ready.
 * @throws Error with the end of its log when it ends first or takes too long.
 */
export async function startClickhouse(env: Record<string, string> = {}): Promise<Clickhouse> {
  const entry = await ensureClickhouse();
  const data = mkdtempSync(join(tmpdir(), 'agentlog-clickhouse-'));
  const { program, start } = await startProgram(async () => {
    const [port] = await freePorts(1);
    return {
      name: 'ClickHouse',
      binary: process.execPath,
      args: ['--no-warnings', SERVER],
      cwd: data,
      env: { ...env, CHDB: entry, DATA: data, PORT: String(port), NODE_OPTIONS: '' },
      readyUrl: `http://127.0.0.1:${port}/ping`,
    };
  });
  return {
    ...program,
    async stop() {
      const code = await program.stop('SIGKILL');
      rmSync(data, { recursive: true, force: true });
      return code;
    },
    url: new URL(start.readyUrl).origin,
  };
}
