import type { RepeatKind } from '../../core/n-plus-one/index.ts';

interface Cause {
  readonly claim: string;
  readonly refutedBy: string;
  /** What to do; `place` is `below #1` or `that runs #2`. */
  readonly remedy: (place: string) => string;
}

/** Why a call repeats, what would show that it is otherwise, and what to do; `kind` may be text from telemetry. */
export function repeatedCallOf(kind: unknown): Cause {
  const isKnown = typeof kind === 'string' && Object.hasOwn(CAUSES, kind);
  return CAUSES[isKnown ? (kind as RepeatKind) : 'sequential'];
}

const CAUSES: Readonly<Record<RepeatKind, Cause>> = {
  sequential: {
    claim:
      'A loop asks once for each row instead of once for all of them; the time grows with the number of rows.',
    refutedBy:
      'With one row fewer the request makes as many calls, or one call for all rows takes no less time.',
    remedy: (place) =>
      `Find the loop ${place} and fetch all its rows with one statement (a join, or = ANY($1)).`,
  },
  parallel: {
    claim:
      'One call is made for each row, all of them side by side: as many connections as rows, and a queue when there are fewer.',
    refutedBy: 'With one row fewer the request makes as many calls.',
    remedy: (place) =>
      `Find what asks once for each row ${place} (a map with await, a resolver) and fetch all rows with one statement (a join, = ANY($1), a loader that batches).`,
  },
  duplicate: {
    claim: 'The very same query ran again and again: what it had answered was not kept.',
    refutedBy: 'Something changed the rows between two of the queries.',
    remedy: (place) => `Find what ${place} asks again and keep its answer as long as the request runs.`,
  },
  chatty_writes: {
    claim: 'Rows are written one by one instead of in one batch; the time grows with the number of rows.',
    refutedBy: 'Each write needs what the one before it gave back.',
    remedy: (place) => `Find the loop ${place} and write all its rows with one statement.`,
  },
  http: {
    claim:
      'A loop sends one request for each item instead of one for all of them; the time grows with the number of items.',
    refutedBy:
      'With one item fewer the code makes as many requests, or the other side has no request for many.',
    remedy: (place) =>
      `Find the loop ${place} and send one request for all its items; where the other side takes but one, send some side by side.`,
  },
  tool: {
    claim: 'The agent asked a tool again for what it already knew; nothing was written in between.',
    refutedBy: 'What the tool answers changes by itself between two calls.',
    remedy: (place) =>
      `See why the agent asks again ${place}: hand it what it was told before, or let the tool keep its answer.`,
  },
};
