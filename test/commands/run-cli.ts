import { type SpawnOptions, spawn } from 'node:child_process';
import { join } from 'node:path';

export const CLI: string = join(import.meta.dirname, '../../src/cli.ts');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions extends SpawnOptions {
  /** As root: without the power to read what its mode forbids. */
  readonly withoutOverride?: boolean;
}

/** Runs the real CLI as a process of its own, with nothing of the tests' environment that it would listen to. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<Outcome> {
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env };
  const command = [process.execPath, CLI, ...args];
  if (options.withoutOverride && process.getuid?.() === 0) {
    command.unshift('setpriv', '--bounding-set=-dac_override,-dac_read_search');
  }
  const [file = '', ...rest] = command;
  const child = spawn(file, rest, { ...options, env, stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
