import type { Call } from './call.ts';
import { CallList } from './call-list.ts';
import type { CallSite } from './call-site.ts';
import { Group } from './group.ts';
import { judge } from './judge.ts';
import {
  LiveSpan,
  type LiveTrace,
  liveAbove,
  MAX_LEVEL,
  siteAbove,
  Tally,
  type Totals,
  totalsOf,
  wroteBelow,
} from './live-span.ts';
import { type Repeat, worstFirst } from './repeat.ts';

const MAX_REPEATS = 16;

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
  /** What the tracker knows of the span above; undefined for a span without one, or one it was not told of. */
  readonly parent: LiveSpan | undefined;
  /** It has no parent in this process, or answers another one's request: nothing of it belongs to the span above. */
  readonly isRoot: boolean;
}

export interface SpanEnd {
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
  readonly call: Call | undefined;
  /** Where it was made, if somebody looked. */
  readonly site?: CallSite | undefined;
}

/** What the end of a span settles. */
export interface Settled {
  /** Calls repeated below this very span, worst first, at most 16. */
  readonly repeats: readonly Repeat[];
  /** Set for a root below which queries ran or calls repeated. */
  readonly totals: Totals | undefined;
  /** Where a call like this one was made, from the third of them on. */
  readonly site: CallSite | undefined;
}

/**
 * Follows live spans and finds calls repeated below one of them: the N+1 rule, streaming and bounded.
 *
 * Tell it each span's start and end. When a span ends, its repeats are settled; those too few to tell are handed to
 * the span above, so that five queries each inside a span of their own are found at their common parent, with at
 * most three spans between. A call whose parent has already ended counts for the nearest live one above. Both
 * sides use it: the write side as spans run, the read side by replaying a trace (`findRepeats`).
 * Cost: about 0.3 µs a span (test/bench/sql.ts). Never throws.
 */
export class RepeatTracker {
  private readonly traces = new Map<string, LiveTrace>();
  private liveCount = 0;
  private seesDriver = false;
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
    return this.liveCount;
  }

  /** What to hand in when the span ends, or when one starts below it. */
  start(span: SpanStart): LiveSpan {
    const above =
      span.isRoot || span.parent === undefined || span.parent.root.ended ? undefined : span.parent;
    // Below a root that has ended, or that was forgotten, a span stands for itself.
    const trace = above?.trace ?? this.traces.get(span.traceId) ?? this.open(span.traceId);
    const node = new LiveSpan(span.spanId, trace, above);
    node.next = trace.first;
    if (trace.first !== undefined) trace.first.previous = node;
    trace.first = node;
    // Spans that never end inside traces that do not end either.
    if (++this.liveCount > this.maxTraces * 10) this.forgetOldest();
    return node;
  }

  /** Settles what is below the span; undefined when there is nothing to say. */
  end(node: LiveSpan, span: SpanEnd): Settled | undefined {
    if (node.ended) return undefined;
    this.close(node);
    const { call } = span;
    if (call !== undefined) this.called(node, span, call);
    const site = call?.repeatable === true ? siteAbove(node, call) : undefined;
    const repeats = node.groups === undefined ? undefined : this.settle(node, node.groups, call);
    const totals = node.root === node ? totalsOf(node) : undefined;
    if (repeats === undefined && totals === undefined && site === undefined) return undefined;
    return { repeats: repeats ?? [], totals, site };
  }

  private called(node: LiveSpan, span: SpanEnd, call: Call): void {
    const { family } = call;
    // The driver records a mapper's statement as well, beside it rather than below.
    if (call.layer === 'driver') this.seesDriver = true;
    else if (call.layer === 'mapper' && this.seesDriver) return;
    const isWrapper = node.wraps(family);
    if (call.counted && !isWrapper && node.root !== node) {
      node.root.tally ??= new Tally();
      node.root.tally.add(call.signature, this.maxSignatures);
    }
    if (call.writes && family === 'db') wroteBelow(node);
    const above = liveAbove(node);
    if (above === undefined) return;
    above.noteInner(family);
    if (!call.repeatable || span.failed || isWrapper) return;
    if (family === 'tool' && this.forgetsTools(node, above, call)) return;
    const group = this.groupOf(above, call);
    if (group === undefined) return;
    group.add(call, node.spanId, span.startMs, span.endMs, this.maxSpanIds);
    group.site ??= span.site;
  }

  /** A tool that may have changed something makes earlier answers stale. True when this very call did. */
  private forgetsTools(node: LiveSpan, above: LiveSpan, call: Call): boolean {
    if (!call.writes && !node.wrote) return false;
    const isOther = (group: Group): boolean => node.wrote || group.call.summary !== call.summary;
    // Each step of an agent may be a span of its own, with what earlier steps looked up handed up from them.
    let each: LiveSpan | undefined = above;
    for (let i = 0; each !== undefined && i < MAX_LEVEL; each = each.parent, i++)
      this.forgetTools(each, isOther);
    return node.wrote;
  }

  private forgetTools(node: LiveSpan, isOther: (group: Group) => boolean): void {
    const isStale = (group: Group): boolean => {
      if (group.call.family !== 'tool' || !isOther(group)) return false;
      // What was looked up twice before the write stays so.
      if ((node.settled?.length ?? 0) < MAX_REPEATS) this.note(node, judge(group, node.spanId));
      return true;
    };
    node.trace.groupCount -= node.groups?.drop(isStale) ?? 0;
  }

  private note(node: LiveSpan, verdict: Repeat | 'too few' | undefined): void {
    if (verdict === undefined || verdict === 'too few') return;
    node.settled ??= [];
    node.settled.push(verdict);
    node.root.tally ??= new Tally();
    node.root.tally.note(verdict);
  }

  private groupOf(node: LiveSpan, call: Call): Group | undefined {
    node.groups ??= new CallList();
    let group = node.groups.get(call.signature, call.namespace);
    if (group === undefined) {
      if (node.trace.groupCount >= this.maxSignatures) return undefined;
      node.trace.groupCount++;
      group = new Group(call);
      node.groups.add(group);
    }
    return group;
  }

  private settle(node: LiveSpan, groups: CallList<Group>, call: Call | undefined): Repeat[] | undefined {
    node.trace.groupCount -= groups.size;
    node.groups = undefined;
    let group = groups.first;
    while (group !== undefined) {
      // Handing a group up links it into another list.
      const { next } = group as Group;
      const verdict = judge(group, node.spanId);
      if (verdict === 'too few') this.handUp(node, group, call);
      else this.note(node, verdict);
      group = next;
    }
    return node.settled?.sort(worstFirst).slice(0, MAX_REPEATS);
  }

  private handUp(node: LiveSpan, group: Group, call: Call | undefined): void {
    // The request of a database or of a model is that call itself.
    const isOwn = call !== undefined && call.family !== 'http' && call.family !== 'tool';
    if (group.call.family === 'http' && isOwn) return;
    const above = liveAbove(node);
    if (above === undefined) return;
    if (group.level === MAX_LEVEL) return;
    const target = this.groupOf(above, group.call);
    if (target === undefined) return;
    target.merge(group, this.maxSpanIds);
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
    const [oldest] = this.traces.values();
    if (oldest !== undefined) this.forget(oldest);
  }

  private forget(trace: LiveTrace): void {
    while (trace.first !== undefined) {
      trace.first.groups = undefined;
      this.close(trace.first);
    }
  }

  private close(node: LiveSpan): void {
    const { trace, previous, next } = node;
    node.end();
    this.liveCount--;
    if (previous === undefined) trace.first = next;
    else previous.next = next;
    if (next !== undefined) next.previous = previous;
    // It lives as long as its span, and must not hold others.
    node.previous = undefined;
    node.next = undefined;
    if (trace.first === undefined && this.traces.get(trace.traceId) === trace)
      this.traces.delete(trace.traceId);
  }
}
