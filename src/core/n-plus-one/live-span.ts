import type { Call } from './call.ts';
import type { Group } from './group.ts';
import { judge } from './judge.ts';
import { type Repeat, worstFirst } from './repeat.ts';

/** How far above a call its common parent may be: three spans of an ORM, a pool or a resolver may lie between. */
export const MAX_LEVEL = 4;

/** One bit for each family; statements and cache commands are one. */
export const FAMILY_BIT: Readonly<Record<Call['family'], number>> = {
  db: 1,
  cache: 1,
  http: 2,
  tool: 4,
  model: 8,
};

/** A trace of which some span is live. */
export interface LiveTrace {
  readonly traceId: string;
  readonly startedMs: number;
  first: LiveSpan | undefined;
  groupCount: number;
}

/** A live span. An ended one stays reachable from its live children only. */
export class LiveSpan {
  readonly spanId: string;
  readonly trace: LiveTrace;
  readonly parent: LiveSpan | undefined;
  readonly root: LiveSpan;
  ended = false;
  /** Families of the calls directly inside: a wrapper's own statement is theirs and does not count again. */
  inner = 0;
  wrote = false;
  /** Families of which some call below ran twice. */
  warm = 0;
  liveChildren = 0;
  groups: Map<string, Group> | undefined;
  queryCount = 0;
  signatures: Map<string, number> | undefined;
  worst: Repeat | undefined;
  previous: LiveSpan | undefined;
  next: LiveSpan | undefined;

  constructor(spanId: string, trace: LiveTrace, parent: LiveSpan | undefined) {
    this.spanId = spanId;
    this.trace = trace;
    this.parent = parent;
    this.root = parent === undefined ? this : parent.root;
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

/** The nearest ancestor that has not ended, and how many levels up it is. */
export function liveAbove(node: LiveSpan): { node: LiveSpan | undefined; level: number } {
  let level = 1;
  let above = node.parent;
  while (above?.ended === true && level <= MAX_LEVEL) {
    above = above.parent;
    level++;
  }
  return above === undefined || above.ended ? { node: undefined, level } : { node: above, level };
}

export function wroteBelow(node: LiveSpan): void {
  let above: LiveSpan | undefined = node;
  for (let level = 0; above !== undefined && level <= MAX_LEVEL; level++) {
    above.wrote = true;
    above = above.parent;
  }
}

/**
 * A root may end before what is below it: the span of an Express handler outlives the request's own. What its live
 * descendants show by now counts for the root; they settle it themselves when they end.
 */
function peekBelow(root: LiveSpan): void {
  for (let node = root.trace.first; node !== undefined; node = node.next) {
    if (node.root !== root || node.groups === undefined) continue;
    for (const group of node.groups.values()) {
      const verdict = judge(group, node.spanId);
      if (verdict !== undefined && verdict !== 'too few') noteWorst(root, verdict);
    }
  }
}

export function noteWorst(root: LiveSpan, repeat: Repeat): void {
  if (root.worst === undefined || worstFirst(repeat, root.worst) < 0) root.worst = repeat;
}

export function totalsOf(root: LiveSpan): Totals | undefined {
  peekBelow(root);
  if (root.queryCount === 0 && root.worst === undefined) return undefined;
  let duplicateCount = 0;
  if (root.signatures !== undefined)
    for (const count of root.signatures.values()) duplicateCount += count - 1;
  return { queryCount: root.queryCount, duplicateCount, worst: root.worst };
}
