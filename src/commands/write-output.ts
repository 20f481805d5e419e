import { randomBytes } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AgentlogError } from '../core/errors.ts';
import { FILE_MODE } from '../core/layout.ts';
import type { Terminal } from './command.ts';

/**
 * Writes a result to `--out`: a path, or `-` and nothing for standard output. A file appears whole or not at all,
 * for its owner alone, and where it is is said on standard error.
 * @throws AgentlogError OUTPUT_FAILED.
 */
export async function writeOutput(text: string, out: string | undefined, terminal: Terminal): Promise<void> {
  if (out === undefined || out === '-') {
    terminal.write(text);
    return;
  }
  const path = resolve(terminal.cwd, out);
  const target = await stat(path).catch(() => undefined);
  if (target !== undefined && !target.isFile()) {
    throw new AgentlogError(
      'OUTPUT_FAILED',
      `Cannot write \`${path}\`: it is not a file. Give --out the path of a file.`,
    );
  }
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(draft, text, { mode: FILE_MODE, flag: 'wx' });
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined);
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const advice =
      code === 'ENOENT'
        ? `Make the directory \`${dirname(path)}\` first.`
        : 'Choose another path with --out.';
    throw new AgentlogError('OUTPUT_FAILED', `Cannot write \`${path}\` (${code}). ${advice}`, { cause });
  }
  terminal.say(`Wrote ${path} (${Buffer.byteLength(text)} bytes).`);
}
