import {
  DB_QUERY_TEXT,
  N_PLUS_ONE_COUNT,
  N_PLUS_ONE_DURATION_MS,
  N_PLUS_ONE_KIND,
  N_PLUS_ONE_SEVERITY,
  N_PLUS_ONE_SIGNATURE,
  N_PLUS_ONE_SUMMARY,
  OLD_DB_STATEMENT,
} from '../core/attributes.ts';
import { findRepeats, type Repeat, worstFirst } from '../core/n-plus-one/index.ts';
import type { AttributeValue, Span } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { Finding } from './analysis.ts';

/**
 * Calls repeated below one span, the most time lost first: by the rule of `src/core`, on spans of any SDK, and what
 * the write side marked where the repeated spans themselves are not (all) here.
 */
export function nPlusOne(trace: Trace): Finding[] {
  const found = findRepeats(trace);
  const known = new Set(found.map((repeat) => repeat.signature));
  const marked = withoutCopies(trace, trace.spans.flatMap(readMarks));
  return [...found, ...marked.filter((repeat) => !known.has(repeat.signature))]
    .sort(worstFirst)
    .map((repeat) => describe(trace, repeat));
}

function readMarks(parent: Span): Repeat[] {
  const list = (key: string): readonly AttributeValue[] => {
    const value = parent.attributes[key];
    return Array.isArray(value) ? value : [];
  };
  return list(N_PLUS_ONE_SIGNATURE).map((signature, index) => ({
    parentSpanId: parent.spanId,
    signature: String(signature),
    summary: String(list(N_PLUS_ONE_SUMMARY)[index] ?? ''),
    count: Number(list(N_PLUS_ONE_COUNT)[index] ?? 0),
    durationMs: Number(list(N_PLUS_ONE_DURATION_MS)[index] ?? 0),
    kind: String(list(N_PLUS_ONE_KIND)[index] ?? '') as Repeat['kind'],
    severity: list(N_PLUS_ONE_SEVERITY)[index] === 'problem' ? 'problem' : 'note',
    spanIds: [],
  }));
}

/** The local root carries a copy of the worst mark below it: of two equal marks the one further down counts. */
function withoutCopies(trace: Trace, marks: readonly Repeat[]): Repeat[] {
  const copies = new Set<string>();
  const key = (spanId: string, mark: Repeat): string =>
    `${spanId} ${mark.signature} ${mark.count} ${mark.kind}`;
  for (const mark of marks) {
    const seen = new Set<string>();
    for (let id = trace.byId.get(mark.parentSpanId)?.parentSpanId; id !== undefined && !seen.has(id); ) {
      seen.add(id);
      copies.add(key(id, mark));
      id = trace.byId.get(id)?.parentSpanId;
    }
  }
  return marks.filter((mark) => !copies.has(key(mark.parentSpanId, mark)));
}

function describe(trace: Trace, repeat: Repeat): Finding {
  const spans = repeat.spanIds.flatMap((id) => trace.byId.get(id) ?? []).sort(byStart);
  const [first] = spans;
  const statement = first?.attributes[DB_QUERY_TEXT] ?? first?.attributes[OLD_DB_STATEMENT];
  return {
    analysis: 'n-plus-one',
    severity: repeat.severity,
    title: titleOf(repeat),
    facts: {
      [calledAs(repeat)]: typeof statement === 'string' ? statement : repeat.summary,
      count: repeat.count,
      totalMs: repeat.durationMs,
      kind: repeat.kind,
      parentSpanId: repeat.parentSpanId,
      signature: repeat.signature,
    },
    spanIds: spans.map((span) => span.spanId),
  };
}

function calledAs({ kind }: Repeat): 'tool' | 'request' | 'statement' {
  if (kind === 'tool') return 'tool';
  return kind === 'http' ? 'request' : 'statement';
}

/** As in the tree, so that their handles make a range. */
function byStart(a: Span, b: Span): number {
  if (a.startTimeUnixNano !== b.startTimeUnixNano) return a.startTimeUnixNano < b.startTimeUnixNano ? -1 : 1;
  return a.endTimeUnixNano < b.endTimeUnixNano ? 1 : -1;
}

function titleOf({ kind, count }: Repeat): string {
  switch (kind) {
    case 'parallel':
      return `One statement ran ${count} times side by side below one span.`;
    case 'duplicate':
      return `The very same query, values and all, ran ${count} times below one span.`;
    case 'chatty_writes':
      return `One kind of write ran ${count} times below one span instead of in a batch.`;
    case 'http':
      return `One kind of outgoing request ran ${count} times below one span.`;
    case 'tool':
      return `One tool was called ${count} times with the same arguments below one span.`;
    default:
      return `N+1: one statement ran ${count} times, one after another, below one span.`;
  }
}
