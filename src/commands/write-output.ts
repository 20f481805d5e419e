import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AgentlogError } from '../core/errors.ts';
import { DIRECTORY_MODE, FILE_MODE } from '../core/layout.ts';
import type { Terminal } from './command.ts';

/**
 * Writes a result to `--out`: a path, or `-` and nothing for standard output. A file appears whole or not at all,
 * for its owner alone, and where it is is said on standard error.
 * @throws AgentlogError OUTPUT_FAILED.
 */
export async function writeOutput(
  content: string | Uint8Array,
  out: string | undefined,
  terminal: Terminal,
): Promise<void> {
  if (out === undefined || out === '-') {
    terminal.write(content);
    return;
  }
  const path = resolve(terminal.cwd, out);
  await writeWhole(path, content);
  terminal.say(`Wrote ${path} (${Buffer.byteLength(content)} bytes).`);
}

/**
 * Writes a file so that it appears whole or not at all, for its owner alone. One that is there is replaced; anything
 * else there is not touched.
 * @throws AgentlogError OUTPUT_FAILED.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const target = await stat(path).catch(() => undefined);
  if (target !== undefined && !target.isFile()) {
    throw new AgentlogError(
      'OUTPUT_FAILED',
      `Cannot write \`${path}\`: it is not a file. Give --out the path of a file.`,
    );
  }
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(draft, content, { mode: FILE_MODE, flag: 'wx' });
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw cannotWrite(path, cause);
  }
}

/**
 * Makes a directory for its owner alone, with what is missing above it.
 * @throws AgentlogError OUTPUT_FAILED.
 */
export async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: DIRECTORY_MODE }).catch((cause: unknown) => {
    throw cannotWrite(path, cause);
  });
}

function cannotWrite(path: string, cause: unknown): AgentlogError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  const advice =
    code === 'ENOENT' ? `Make the directory \`${dirname(path)}\` first.` : 'Choose another path with --out.';
  return new AgentlogError('OUTPUT_FAILED', `Cannot write \`${path}\` (${code}). ${advice}`, { cause });
}
