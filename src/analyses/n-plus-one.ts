import {
  DB_QUERY_TEXT,
  DB_SIGNATURE,
  N_PLUS_ONE_COUNT,
  N_PLUS_ONE_DURATION_MS,
  N_PLUS_ONE_KIND,
  N_PLUS_ONE_SEVERITY,
  N_PLUS_ONE_SIGNATURE,
  N_PLUS_ONE_SUMMARY,
  OLD_DB_STATEMENT,
} from '../core/attributes.ts';
import type { AttributeValue, Span } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { Finding } from './analysis.ts';

/** An ORM or pool span may sit between the parent and the query. */
const MAX_LEVELS_BELOW = 4;

interface Repeat {
  readonly parent: Span;
  readonly signature: string;
  readonly summary: string;
  readonly count: number;
  readonly totalMs: number;
  readonly kind: string;
  readonly isProblem: boolean;
}

/** Statements that were repeated below one parent, as the write side marked them; the most time lost first. */
export function nPlusOne(trace: Trace): Finding[] {
  const marked = trace.spans.flatMap(readMarks);
  return withoutCopies(trace, marked)
    .sort((a, b) => Number(b.isProblem) - Number(a.isProblem) || b.totalMs - a.totalMs)
    .map((repeat) => describe(trace, repeat));
}

function readMarks(parent: Span): Repeat[] {
  const list = (key: string): readonly AttributeValue[] => {
    const value = parent.attributes[key];
    return Array.isArray(value) ? value : [];
  };
  return list(N_PLUS_ONE_SIGNATURE).map((signature, index) => ({
    parent,
    signature: String(signature),
    summary: String(list(N_PLUS_ONE_SUMMARY)[index] ?? ''),
    count: Number(list(N_PLUS_ONE_COUNT)[index] ?? 0),
    totalMs: Number(list(N_PLUS_ONE_DURATION_MS)[index] ?? 0),
    kind: String(list(N_PLUS_ONE_KIND)[index] ?? ''),
    isProblem: list(N_PLUS_ONE_SEVERITY)[index] === 'problem',
  }));
}

/** The local root carries a copy of the worst mark below it: of two equal marks the one further down counts. */
function withoutCopies(trace: Trace, marks: readonly Repeat[]): Repeat[] {
  const copies = new Set<string>();
  const key = (spanId: string, mark: Repeat): string =>
    `${spanId} ${mark.signature} ${mark.count} ${mark.kind}`;
  for (const mark of marks) {
    const seen = new Set<string>();
    for (let id = mark.parent.parentSpanId; id !== undefined && !seen.has(id); ) {
      seen.add(id);
      copies.add(key(id, mark));
      id = trace.byId.get(id)?.parentSpanId;
    }
  }
  return marks.filter((mark) => !copies.has(key(mark.parent.spanId, mark)));
}

function describe(trace: Trace, repeat: Repeat): Finding {
  const spans = spansBelow(trace, repeat.parent, repeat.signature);
  const [first] = spans;
  const statement = first?.attributes[DB_QUERY_TEXT] ?? first?.attributes[OLD_DB_STATEMENT];
  return {
    analysis: 'n-plus-one',
    severity: repeat.isProblem ? 'problem' : 'note',
    title: titleOf(repeat),
    facts: {
      statement: typeof statement === 'string' ? statement : repeat.summary,
      count: repeat.count,
      totalMs: repeat.totalMs,
      kind: repeat.kind,
      parentSpanId: repeat.parent.spanId,
      signature: repeat.signature,
    },
    spanIds: spans.map((span) => span.spanId),
  };
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
      return `One tool ran ${count} times below one span.`;
    default:
      return `N+1: one statement ran ${count} times, one after another, below one span.`;
  }
}

function spansBelow(trace: Trace, parent: Span, signature: string): Span[] {
  const found: Span[] = [];
  let level: readonly Span[] = [parent];
  for (let depth = 0; depth < MAX_LEVELS_BELOW && level.length > 0; depth += 1) {
    level = level.flatMap((span) => trace.childrenOf(span));
    for (const span of level) if (span.attributes[DB_SIGNATURE] === signature) found.push(span);
  }
  return found;
}
