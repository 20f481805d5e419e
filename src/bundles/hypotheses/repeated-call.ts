import type { RepeatKind } from '../../core/n-plus-one/index.ts';

interface Cause {
  readonly claim: string;
  readonly refutedBy: string;
}

/** Why a call repeats, by its kind, and what would show that it is otherwise. */
export const REPEATED_CALL: Readonly<Record<RepeatKind, Cause>> = {
  sequential: {
    claim:
      'A loop asks once for each row instead of once for all of them; the time grows with the number of rows.',
    refutedBy:
      'With one row fewer the request makes as many calls, or one call for all rows takes no less time.',
  },
  parallel: {
    claim:
      'One call is made for each row, all of them side by side: as many connections as rows, and a queue when there are fewer.',
    refutedBy: 'With one row fewer the request makes as many calls.',
  },
  duplicate: {
    claim: 'The very same query ran again and again: what it had answered was not kept.',
    refutedBy: 'Something changed the rows between two of the queries.',
  },
  chatty_writes: {
    claim: 'Rows are written one by one instead of in one batch; the time grows with the number of rows.',
    refutedBy: 'Each write needs what the one before it gave back.',
  },
  http: {
    claim:
      'A loop sends one request for each item instead of one for all of them; the time grows with the number of items.',
    refutedBy:
      'With one item fewer the code makes as many requests, or the other side has no request for many.',
  },
  tool: {
    claim: 'The agent asked a tool again for what it already knew; nothing was written in between.',
    refutedBy: 'What the tool answers changes by itself between two calls.',
  },
};
