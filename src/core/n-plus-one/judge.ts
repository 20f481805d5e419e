import type { Call } from './call.ts';
import type { Group } from './group.ts';
import type { Repeat, RepeatKind, RepeatSeverity } from './repeat.ts';

/** From how many repeats on a call is worth a note. */
const MIN_REPEATS = 5;
/** The same tool with the same arguments: already the second look tells nothing new. */
const MIN_LOOKS = 2;
/** A tool that may do something: the second time may be a next step (`next_page`, `click`). */
const MIN_DEEDS = 3;
const PROBLEM_REPEATS = 20;
const PROBLEM_MS = 50;
const PARALLEL_OVERLAP = 0.5;
/** A loop that waits this long between two calls polls. */
const POLLING_GAP_MS = 1000;

/** The rule itself: a repeat, `too few` to tell, or undefined for one that is none. */
export function judge(group: Group, parentSpanId: string): Repeat | 'too few' | undefined {
  const { count, durationMs, call } = group;
  if (count < minRepeats(call)) return 'too few';
  if (isPolling(group)) return undefined;
  return {
    parentSpanId,
    signature: call.signature,
    summary: call.summary,
    count,
    durationMs: Math.round(durationMs * 1000) / 1000,
    kind: kindOf(group),
    severity: severityOf(count, durationMs),
    spanIds: group.spanIds,
  };
}

function minRepeats(call: Call): number {
  if (call.family !== 'tool') return MIN_REPEATS;
  return call.writes ? MIN_DEEDS : MIN_LOOKS;
}

function severityOf(count: number, durationMs: number): RepeatSeverity {
  return count >= PROBLEM_REPEATS || (count >= MIN_REPEATS && durationMs >= PROBLEM_MS) ? 'problem' : 'note';
}

function kindOf(group: Group): RepeatKind {
  const { call, durationMs } = group;
  if (call.family === 'http' || call.family === 'tool') return call.family;
  if (call.writes) return 'chatty_writes';
  if (group.identical) return 'duplicate';
  return durationMs > 0 && 1 - group.busyMs / durationMs > PARALLEL_OVERLAP ? 'parallel' : 'sequential';
}

/** Agents wait for their model between two tool calls, so only queries and requests can poll. */
function isPolling(group: Group): boolean {
  if (group.call.family === 'tool') return false;
  const idleMs = group.lastEndMs - group.firstStartMs - group.busyMs;
  return idleMs / (group.count - 1) >= POLLING_GAP_MS;
}
