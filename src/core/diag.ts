import { writeSync } from 'node:fs';
import { diag } from '@opentelemetry/api';
import { clock } from './natives.ts';

const REPEAT_MS = 60_000;
const KEY_LIMIT = 200;

interface Trouble {
  /** How often it came again since it was last said. */
  again: number;
  saidAt: number;
}

const troubles = new Map<string, Trouble>();

let mask = (text: string): string => text;

/** What is said quotes settings, and somebody may have put a secret into the wrong one. */
export function maskNotices(masked: (text: string) => string): void {
  mask = masked;
}

/**
 * Says on stderr what a user must know, once; when it comes again, at most once a minute with a count.
 *
 * `key` names the kind of trouble; `now` is a time in ms that never jumps back. Silent under `OTEL_LOG_LEVEL=none`. The message never holds telemetry text.
 * Never throws, also with stderr closed.
 */
export function notice(key: string, message: string, now: number = clock()): void {
  try {
    sayOnce(key, message, now);
  } catch {
    // An app may take away what this needs, `process` included: then there is nowhere to say it.
  }
}

function sayOnce(key: string, message: string, now: number): void {
  const known = troubles.get(key);
  if (known !== undefined && now - known.saidAt < REPEAT_MS) {
    known.again++;
    return;
  }
  const again = known?.again ? ` (and ${known.again} more times since)` : '';
  troubles.delete(key);
  if (troubles.size >= KEY_LIMIT) forgetOldest();
  troubles.set(key, { again: 0, saidAt: now });
  say(`agentlog-otel: ${mask(message)}${again}`);
}

/** Reports a fault of our own that was caught: to `diag` and, once per place, to stderr. Never throws. */
export function caught(place: string, error: unknown): void {
  let name = 'unknown';
  try {
    name = error instanceof Error ? error.name : typeof error;
    diag.debug(`agentlog-otel: ${place} failed`, error);
  } catch {
    // A user's diag logger may throw; ours must not.
  }
  notice(
    `caught:${place}`,
    `${place} failed (${name}); the app goes on. Set OTEL_LOG_LEVEL=debug to see the error.`,
  );
}

function forgetOldest(): void {
  for (const key of troubles.keys()) {
    troubles.delete(key);
    return;
  }
}

function say(line: string): void {
  if (process.env.OTEL_LOG_LEVEL?.toLowerCase() === 'none') return;
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // EAGAIN on a full pipe, EBADF on a closed one: the app must not notice.
  }
}
