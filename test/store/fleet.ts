import { randomBytes } from 'node:crypto';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFileName, type Signal } from '../../src/core/layout.ts';
import { Story } from '../traces/otlp.ts';

/** No process has this id: Linux ends at 4,194,304. */
export const GONE = 4_194_305;
/** Stories begin then. */
const STORY_START_MS = 1_795_250_407_123;
export const SERVICE = { 'service.name': 'shop' };

export function idOf(number: number): string {
  return `c${number.toString(16).padStart(31, '0')}`;
}

/** Writes a file as a process wrote it so many days ago; its path. */
export function writeFile(
  directory: string,
  content: string,
  { signal = 'traces' as Signal, daysAgo = 1, pid = GONE } = {},
): string {
  const startedAt = new Date(Date.now() - daysAgo * 86_400_000);
  const random = randomBytes(4).toString('hex');
  const path = join(directory, makeFileName({ startedAt, pid, random, signal }));
  writeFileSync(path, content);
  utimesSync(path, startedAt, startedAt);
  return path;
}

/** Two spans of a trace and a log record in files of their own, so many days ago. */
export function writeTrace(
  directory: string,
  number: number,
  { daysAgo = 1, hasError = false, pid = GONE } = {},
): void {
  const story = new Story(idOf(number), Date.now() - STORY_START_MS - daysAgo * 86_400_000);
  const spans = [
    { id: 1, name: 'GET /orders', at: 0, ms: 20, kind: 2 },
    { id: 2, parent: 1, name: 'SELECT orders', at: 1, ms: 5, ...(hasError && { error: 'no' }) },
  ];
  writeFile(directory, `${story.spans(SERVICE, spans)}\n`, { daysAgo, pid });
  const logs = [{ span: 2, at: 2, severity: 9, body: `log ${number}` }];
  writeFile(directory, `${story.logs(SERVICE, logs)}\n`, { signal: 'logs', daysAgo, pid });
}
