import { DB_SIGNATURE, HTTP_RESPONSE_STATUS_CODE, SERVICE_NAME } from '../core/attributes.ts';
import type { Span } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { TreeRow } from './bundle.ts';

/** Fewer like siblings are shown one by one. */
const MIN_GROUP = 3;

export interface Arrangement {
  readonly rows: readonly TreeRow[];
  readonly handles: ReadonlyMap<string, number>;
}

/**
 * The tree as it is read: siblings that are alike down to their leaves share a row, also when others stand
 * between them, and spans are numbered in that order, so the handles of a row are a range.
 *
 * Linear and without recursion: a trace may be 10,000 levels deep. Spans that are each other's parents are shown
 * as roots rather than lost.
 */
export function arrange(trace: Trace): Arrangement {
  const roots = [...trace.roots];
  const preorder = walk(trace, roots);
  const shapes = shapesOf(trace, preorder);
  const rows: TreeRow[] = [];
  const handles = new Map<string, number>();
  const stack: { spans: readonly Span[]; depth: number }[] = [];
  const push = (siblings: readonly Span[], depth: number): void => {
    for (const spans of groupsOf(siblings, shapes).reverse()) stack.push({ spans, depth });
  };
  push(roots, 0);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const spans = next.spans.filter((span) => !handles.has(span.spanId));
    if (spans.length === 0) continue;
    rows.push({ depth: next.depth, spans, firstHandle: handles.size + 1 });
    for (const span of spans) handles.set(span.spanId, handles.size + 1);
    push(
      spans.flatMap((span) => trace.childrenOf(span)),
      next.depth + 1,
    );
  }
  return { rows, handles };
}

/** Every span, parents before children; adds to `roots` what no root leads to. */
function walk(trace: Trace, roots: Span[]): Span[] {
  const seen = new Set<Span>();
  const visit = (root: Span): void => {
    const stack = [root];
    for (let span = stack.pop(); span !== undefined; span = stack.pop()) {
      if (seen.has(span)) continue;
      seen.add(span);
      for (const child of trace.childrenOf(span)) stack.push(child);
    }
  };
  for (const root of trace.roots) visit(root);
  for (const span of trace.spans) {
    if (seen.has(span)) continue;
    roots.push(span);
    visit(span);
  }
  return [...seen];
}

/** A number per span that is equal for spans alike in kind and in the kinds of what is below them. */
function shapesOf(trace: Trace, preorder: readonly Span[]): Map<Span, number> {
  const numbers = new Map<string, number>();
  const shapes = new Map<Span, number>();
  for (const span of preorder.toReversed()) {
    const below = new Set(trace.childrenOf(span).map((child) => shapes.get(child) ?? -1));
    const key = `${keyOf(span)}\n${[...below].sort((a, b) => a - b).join()}`;
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    shapes.set(span, number);
  }
  return shapes;
}

function keyOf({ name, kind, status, resource, attributes }: Span): string {
  const service = resource.attributes[SERVICE_NAME];
  const parts = [
    name,
    kind,
    status.code,
    service,
    attributes[DB_SIGNATURE],
    attributes[HTTP_RESPONSE_STATUS_CODE],
  ];
  return JSON.stringify([...parts, status.message]);
}

function groupsOf(siblings: readonly Span[], shapes: ReadonlyMap<Span, number>): Span[][] {
  const byShape = new Map<number | undefined, Span[]>();
  for (const span of siblings) {
    const group = byShape.get(shapes.get(span));
    if (group === undefined) byShape.set(shapes.get(span), [span]);
    else group.push(span);
  }
  const groups: Span[][] = [];
  for (const span of siblings) {
    const group = byShape.get(shapes.get(span)) ?? [span];
    if (group.length < MIN_GROUP) groups.push([span]);
    else if (group[0] === span) groups.push(group);
  }
  return groups;
}
