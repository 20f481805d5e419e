import type { Call } from './call.ts';
import { CallList } from './call-list.ts';
import type { CallSite } from './call-site.ts';
import type { Group } from './group.ts';
import { judge } from './judge.ts';
import { type Repeat, worstFirst } from './repeat.ts';

/** How far above a call its common parent may be: three spans of an ORM, a pool or a resolver may lie between. */
export const MAX_LEVEL = 4;
/** Ended spans that may lie between as well: resolvers of a deep GraphQL list end before those below them begin. */
const MAX_ENDED = 32;

/** From so many calls on it is said where they are made. */
const REPEATED = 3;

/** One bit for each family; statements and cache commands are one. */
const FAMILY_BIT: Readonly<Record<Call['family'], number>> = {
  db: 1,
  cache: 1,
  http: 2,
  tool: 4,
  model: 8,
};

const ENDED = 1 << 8;
const WROTE = 1 << 9;

/** A trace of which some span is live. */
export interface LiveTrace {
  readonly traceId: string;
  readonly startedMs: number;
  first: LiveSpan | undefined;
  groupCount: number;
}

/** A span as the tracker knows it; whoever started it keeps it, for its end and for the spans below. */
export class LiveSpan {
  readonly spanId: string;
  readonly trace: LiveTrace;
  readonly parent: LiveSpan | undefined;
  readonly root: LiveSpan;
  /** `ENDED`, `WROTE`, and a set of families; one field, because 10,000 traces hold many of these. */
  private flags = 0;
  groups: CallList<Group> | undefined;
  /** Repeats that were settled before the span ended: looks that a write then made stale. */
  settled: Repeat[] | undefined;
  /** Of a root: what ran below it. */
  tally: Tally | undefined;
  previous: LiveSpan | undefined;
  next: LiveSpan | undefined;

  constructor(spanId: string, trace: LiveTrace, parent: LiveSpan | undefined) {
    this.spanId = spanId;
    this.trace = trace;
    this.parent = parent;
    this.root = parent === undefined ? this : parent.root;
  }

  get ended(): boolean {
    return (this.flags & ENDED) !== 0;
  }

  end(): void {
    this.flags |= ENDED;
  }

  /** Something was written by it or below it. */
  get wrote(): boolean {
    return (this.flags & WROTE) !== 0;
  }

  noteWrite(): void {
    this.flags |= WROTE;
  }

  /** A call of this family lies directly inside: a wrapper's own statement is that one and does not count again. */
  wraps(family: Call['family']): boolean {
    return (this.flags & FAMILY_BIT[family]) !== 0;
  }

  noteInner(family: Call['family']): void {
    this.flags |= FAMILY_BIT[family];
  }
}

class Count {
  readonly signature: string;
  readonly namespace = '';
  count = 1;
  next: Count | undefined;

  constructor(signature: string) {
    this.signature = signature;
  }
}

/** What ran below a root, counted. */
export class Tally {
  queryCount = 0;
  duplicateCount = 0;
  worst: Repeat | undefined;
  private readonly counts = new CallList<Count>();

  add(signature: string, maxSignatures: number): void {
    this.queryCount++;
    const known = this.counts.get(signature, '');
    if (known !== undefined) {
      known.count++;
      this.duplicateCount++;
    } else if (this.counts.size < maxSignatures) this.counts.add(new Count(signature));
  }

  note(repeat: Repeat): void {
    if (this.worst === undefined || worstFirst(repeat, this.worst) < 0) this.worst = repeat;
  }
}

/** What a root learns of everything below it. */
export interface Totals {
  readonly queryCount: number;
  /** Σ(n − 1) over the signatures that ran more than once. */
  readonly duplicateCount: number;
  /** The worst repeat below the root, its own included. */
  readonly worst: Repeat | undefined;
}

/** The totals of a root, undefined when nothing ran below it. */
export function totalsOf(root: LiveSpan): Totals | undefined {
  if (root.tally === undefined) return undefined;
  noteLiveRepeats(root, root.tally);
  const { queryCount, duplicateCount, worst } = root.tally;
  return { queryCount, duplicateCount, worst };
}

/** The nearest ancestor that has not ended; undefined when it is too far up or there is none. */
export function liveAbove(node: LiveSpan): LiveSpan | undefined {
  let above = node.parent;
  for (let ended = 1; above?.ended === true; ended++) {
    if (ended === MAX_ENDED) return undefined;
    above = above.parent;
  }
  return above;
}

/** Marks the span and those above as having written something. */
export function wroteBelow(node: LiveSpan): void {
  let above: LiveSpan | undefined = node;
  for (let level = 0; above !== undefined && level <= MAX_LEVEL; level++) {
    above.noteWrite();
    above = above.parent;
  }
}

/**
 * A root may end before what is below it: the span of an Express handler outlives the request's own. What its live
 * descendants show by now counts for the root; they settle it themselves when they end.
 */
function noteLiveRepeats(root: LiveSpan, tally: Tally): void {
  for (let node = root.trace.first; node !== undefined; node = node.next) {
    if (node.root !== root || node.groups === undefined) continue;
    for (let group = node.groups.first; group !== undefined; group = group.next) {
      const verdict = judge(group, node.spanId);
      if (verdict !== undefined && verdict !== 'too few') tally.note(verdict);
    }
  }
}

/** Where a call like this one was made, as far as a span above knows; undefined before the third of them has ended. */
export function siteAbove(node: LiveSpan, call: Call): CallSite | undefined {
  let above = node.parent;
  let count = 0;
  let site: CallSite | undefined;
  for (let level = 1; above !== undefined && level <= MAX_LEVEL; level++) {
    const group = above.groups?.get(call.signature, call.namespace);
    count += group?.count ?? 0;
    site ??= group?.site;
    above = above.parent;
  }
  return count < REPEATED ? undefined : site;
}
