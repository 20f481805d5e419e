import type { Call } from './call.ts';
import { Group } from './group.ts';
import { judge } from './judge.ts';
import { type Repeat, worstFirst } from './repeat.ts';

/** How far above a call its common parent may be: three spans of an ORM, a pool or a resolver may lie between. */
const MAX_LEVEL = 4;
const MAX_REPEATS = 16;
const FAMILY_BIT: Readonly<Record<Call['family'], number>> = { db: 1, cache: 1, http: 2, tool: 4, model: 8 };

export interface RepeatTrackerOptions {
  /** Live traces kept at most; the oldest is forgotten. Default 10,000. */
  readonly maxTraces?: number;
  /** Repeated signatures followed at once in a trace. Default 256. */
  readonly maxSignatures?: number;
  /** A trace older than this is forgotten. Default 5 minutes. */
  readonly maxAgeMs?: number;
  /** How many span ids a repeat names. Default 0. */
  readonly maxSpanIds?: number;
  /** The clock for `maxAgeMs`, in milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

export interface SpanStart {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** It has no parent in this process, or answers another one's request: nothing of it belongs to the span above. */
  readonly isRoot: boolean;
}

export interface SpanEnd {
  readonly spanId: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
  readonly call: Call | undefined;
}

/** What the end of a span settles. */
export interface Settled {
  /** Calls repeated below this very span, worst first, at most 16. */
  readonly repeats: readonly Repeat[];
  /** Set for a root below which queries ran or calls repeated. */
  readonly totals: Totals | undefined;
}

export interface Totals {
  readonly queryCount: number;
  /** Σ(n − 1) over the signatures that ran more than once. */
  readonly duplicateCount: number;
  /** The worst repeat below the root, its own included. */
  readonly worst: Repeat | undefined;
}

interface LiveTrace {
  readonly traceId: string;
  readonly startedMs: number;
  first: Node | undefined;
  groupCount: number;
}

/** A live span. An ended one stays reachable from its live children only. */
class Node {
  readonly spanId: string;
  readonly trace: LiveTrace;
  readonly parent: Node | undefined;
  readonly root: Node;
  ended = false;
  /** Families of the calls directly inside: a wrapper's own statement is theirs and does not count again. */
  inner = 0;
  wrote = false;
  groups: Map<string, Group> | undefined;
  queryCount = 0;
  signatures: Map<string, number> | undefined;
  worst: Repeat | undefined;
  previous: Node | undefined;
  next: Node | undefined;

  constructor(spanId: string, trace: LiveTrace, parent: Node | undefined) {
    this.spanId = spanId;
    this.trace = trace;
    this.parent = parent;
    this.root = parent === undefined ? this : parent.root;
  }
}

/**
 * Follows live spans and finds calls repeated below one of them: the N+1 rule, streaming and bounded.
 *
 * Tell it each span's start and end. When a span ends, its repeats are settled; those too few to tell are handed to
 * the span above, so that five queries each inside a span of their own are found at their common parent, with at
 * most three spans between. A call whose parent has already ended counts for the nearest live one above. Both sides use it:
 * the write side as spans run, the read side by replaying a trace (`findRepeats`).
 * Cost: about 0.3 µs a span (test/bench/sql.ts). Never throws.
 */
export class RepeatTracker {
  private readonly traces = new Map<string, LiveTrace>();
  private readonly nodes = new Map<string, Node>();
  private readonly maxTraces: number;
  private readonly maxSignatures: number;
  private readonly maxAgeMs: number;
  private readonly maxSpanIds: number;
  private readonly now: () => number;

  constructor(options: RepeatTrackerOptions = {}) {
    this.maxTraces = options.maxTraces ?? 10_000;
    this.maxSignatures = options.maxSignatures ?? 256;
    this.maxAgeMs = options.maxAgeMs ?? 300_000;
    this.maxSpanIds = options.maxSpanIds ?? 0;
    this.now = options.now ?? Date.now;
  }

  /** Live traces at this moment. */
  get traceCount(): number {
    return this.traces.size;
  }

  /** Live spans at this moment. */
  get spanCount(): number {
    return this.nodes.size;
  }

  start(span: SpanStart): void {
    if (this.nodes.has(span.spanId)) return;
    const above = span.parentSpanId === undefined ? undefined : this.nodes.get(span.parentSpanId);
    const parent = span.isRoot || above?.trace.traceId !== span.traceId ? undefined : above;
    const trace = parent?.trace ?? this.traces.get(span.traceId) ?? this.open(span.traceId);
    const node = new Node(span.spanId, trace, parent);
    node.next = trace.first;
    if (trace.first !== undefined) trace.first.previous = node;
    trace.first = node;
    this.nodes.set(span.spanId, node);
    // Spans that never end inside traces that do not end either.
    if (this.nodes.size > this.maxTraces * 10) this.forgetOldest();
  }

  /** Settles what is below the span; undefined when there is nothing to say. */
  end(span: SpanEnd): Settled | undefined {
    const node = this.nodes.get(span.spanId);
    if (node === undefined) return undefined;
    this.close(node);
    if (span.call !== undefined) this.called(node, span, span.call);
    const repeats = node.groups === undefined ? undefined : this.settle(node, span.call);
    const totals = node.root === node ? totalsOf(node) : undefined;
    if (repeats === undefined && totals === undefined) return undefined;
    return { repeats: repeats ?? [], totals };
  }

  private called(node: Node, span: SpanEnd, call: Call): void {
    const family = FAMILY_BIT[call.family];
    const isWrapper = (node.inner & family) !== 0;
    if (call.counted && !isWrapper && node.root !== node) this.count(node.root, call);
    if (call.writes && call.family === 'db') wroteBelow(node);
    const parent = liveAbove(node);
    if (parent.node === undefined) return;
    parent.node.inner |= family;
    if (!call.repeatable || span.failed || isWrapper) return;
    if (call.family === 'tool' && this.forgetsTools(node, parent.node, call)) return;
    const group = this.groupOf(parent.node, call);
    if (group !== undefined)
      group.add(call, span.spanId, span.startMs, span.endMs, parent.level, this.maxSpanIds);
  }

  private count(root: Node, call: Call): void {
    root.queryCount++;
    root.signatures ??= new Map();
    const count = root.signatures.get(call.signature);
    if (count !== undefined || root.signatures.size < this.maxSignatures)
      root.signatures.set(call.signature, (count ?? 0) + 1);
  }

  /** A tool that may have changed something makes earlier answers stale. True when this very call did. */
  private forgetsTools(node: Node, parent: Node, call: Call): boolean {
    if (!call.writes && !node.wrote) return false;
    if (parent.groups !== undefined) {
      for (const [key, group] of parent.groups) {
        if (group.call.family !== 'tool' || (!node.wrote && group.call.summary === call.summary)) continue;
        parent.groups.delete(key);
        parent.trace.groupCount--;
      }
    }
    return node.wrote;
  }

  private groupOf(node: Node, call: Call): Group | undefined {
    const key = call.namespace === '' ? call.signature : `${call.signature} ${call.namespace}`;
    node.groups ??= new Map();
    let group = node.groups.get(key);
    if (group === undefined) {
      if (node.trace.groupCount >= this.maxSignatures) return undefined;
      node.trace.groupCount++;
      group = new Group(call);
      node.groups.set(key, group);
    }
    return group;
  }

  private settle(node: Node, call: Call | undefined): Repeat[] | undefined {
    const groups = node.groups as Map<string, Group>;
    node.trace.groupCount -= groups.size;
    node.groups = undefined;
    let repeats: Repeat[] | undefined;
    for (const group of groups.values()) {
      const verdict = judge(group, node.spanId);
      if (verdict === 'too few') this.handUp(node, group, call);
      else if (verdict !== undefined) {
        repeats ??= [];
        repeats.push(verdict);
        noteWorst(node.root, verdict);
      }
    }
    return repeats?.sort(worstFirst).slice(0, MAX_REPEATS);
  }

  private handUp(node: Node, group: Group, call: Call | undefined): void {
    // The request of a database or of a model is that call itself.
    if (
      group.call.family === 'http' &&
      call !== undefined &&
      call.family !== 'http' &&
      call.family !== 'tool'
    )
      return;
    const above = liveAbove(node);
    const level = group.level + above.level;
    if (above.node === undefined || level > MAX_LEVEL) return;
    const target = this.groupOf(above.node, group.call);
    if (target !== undefined) target.merge(group, level, this.maxSpanIds);
  }

  private open(traceId: string): LiveTrace {
    const nowMs = this.now();
    if (this.traces.size >= this.maxTraces) this.forgetOldest();
    for (const oldest of this.traces.values()) {
      if (nowMs - oldest.startedMs <= this.maxAgeMs) break;
      this.forget(oldest);
    }
    const trace: LiveTrace = { traceId, startedMs: nowMs, first: undefined, groupCount: 0 };
    this.traces.set(traceId, trace);
    return trace;
  }

  private forgetOldest(): void {
    for (const oldest of this.traces.values()) {
      this.forget(oldest);
      return;
    }
  }

  private forget(trace: LiveTrace): void {
    for (let node = trace.first; node !== undefined; node = node.next) {
      node.ended = true;
      node.groups = undefined;
      this.nodes.delete(node.spanId);
    }
    trace.first = undefined;
    this.traces.delete(trace.traceId);
  }

  private close(node: Node): void {
    const { trace, previous, next } = node;
    node.ended = true;
    this.nodes.delete(node.spanId);
    if (previous === undefined) trace.first = next;
    else previous.next = next;
    if (next !== undefined) next.previous = previous;
    if (trace.first === undefined) this.traces.delete(trace.traceId);
  }
}

/** The nearest ancestor that has not ended, and how many levels up it is. */
function liveAbove(node: Node): { node: Node | undefined; level: number } {
  let level = 1;
  let above = node.parent;
  while (above?.ended === true && level <= MAX_LEVEL) {
    above = above.parent;
    level++;
  }
  return above === undefined || above.ended ? { node: undefined, level } : { node: above, level };
}

function wroteBelow(node: Node): void {
  let above: Node | undefined = node;
  for (let level = 0; above !== undefined && level <= MAX_LEVEL; level++) {
    above.wrote = true;
    above = above.parent;
  }
}

/**
 * A root may end before what is below it: the span of an Express handler outlives the request's own. What its live
 * descendants show by now counts for the root; they settle it themselves when they end.
 */
function peekBelow(root: Node): void {
  for (let node = root.trace.first; node !== undefined; node = node.next) {
    if (node.root !== root || node.groups === undefined) continue;
    for (const group of node.groups.values()) {
      const verdict = judge(group, node.spanId);
      if (verdict !== undefined && verdict !== 'too few') noteWorst(root, verdict);
    }
  }
}

function noteWorst(root: Node, repeat: Repeat): void {
  if (root.worst === undefined || worstFirst(repeat, root.worst) < 0) root.worst = repeat;
}

function totalsOf(root: Node): Totals | undefined {
  peekBelow(root);
  if (root.queryCount === 0 && root.worst === undefined) return undefined;
  let duplicateCount = 0;
  if (root.signatures !== undefined)
    for (const count of root.signatures.values()) duplicateCount += count - 1;
  return { queryCount: root.queryCount, duplicateCount, worst: root.worst };
}
