import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { PARQUET_DIRECTORY } from '../core/layout.ts';
import { openSource } from '../sources/index.ts';
import type { TraceSource } from '../sources/source.ts';
import { closedBytes } from '../store/closed-bytes.ts';
import type { Terminal } from './command.ts';

/** Turns it off: `AGENTLOG_AUTO_COMPACT=off`. */
const SWITCH_ENV = 'AGENTLOG_AUTO_COMPACT';
/** Lines that a question over everything reads in 3 s. */
const LIMIT_BYTES = 256 * 1024 * 1024;
/** One attempt in this time: what cannot be compacted is not tried by every command. */
const PAUSE_MS = 10 * 60_000;

/**
 * Opens a store; when it is closed, the answer is out, and there is much to compact, a process of its own begins to do
 * it at low priority. Nobody waits for it: it may be killed at any time, and gives up when the store is busy.
 */
export async function openCompacting(path: string, terminal: Terminal): Promise<TraceSource> {
  const source = await openSource(`jsonl:${path}`);
  if (/^(?:off|0|false|no)$/i.test(terminal.env[SWITCH_ENV] ?? '')) return source;
  const close = source.close.bind(source);
  source.close = async () => {
    await close();
    await compactLater(path, terminal).catch(() => undefined);
  };
  return source;
}

async function compactLater(path: string, terminal: Terminal): Promise<void> {
  const bytes = await closedBytes(path);
  if (bytes < LIMIT_BYTES || !hasDatabase()) return;
  // Whoever compacts makes a lock in this folder, which is its last change.
  const attempt = await lstat(join(path, PARQUET_DIRECTORY)).catch(() => undefined);
  if (attempt !== undefined && terminal.now - attempt.mtimeMs < PAUSE_MS) return;
  terminal.background(['compact', '--dir', path]);
  terminal.say(
    `Compacting ${Math.round(bytes / 1e6)} MB in the background, so that the next answers are fast; ${SWITCH_ENV}=off turns this off.`,
  );
}

function hasDatabase(): boolean {
  try {
    return import.meta.resolve('@duckdb/node-api') !== '';
  } catch {
    return false;
  }
}
