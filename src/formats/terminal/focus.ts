import type { TreeRow } from '../../bundles/bundle.ts';
import type { TraceView } from '../../bundles/trace-view.ts';
import type { Span } from '../../core/span.ts';
import type { Trace } from '../../core/trace.ts';

/** The rows of one span, what is above and what is below it; of a row of siblings only those of them. Linear. */
export function focusOn({ tree, trace, handles }: TraceView, spanId: string): TreeRow[] {
  const kept = relativesOf(trace, spanId);
  return tree.flatMap((row) => {
    const spans = row.spans.filter((span) => kept.has(span.spanId));
    const firstHandle = handles.get(spans[0]?.spanId ?? '');
    return firstHandle === undefined ? [] : [{ ...row, spans, firstHandle }];
  });
}

function relativesOf(trace: Trace, spanId: string): Set<string> {
  const kept = new Set<string>();
  for (let id: string | undefined = spanId; id !== undefined && !kept.has(id); ) {
    kept.add(id);
    id = trace.byId.get(id)?.parentSpanId;
  }
  const stack: Span[] = [];
  const push = (id: string): void => {
    const span = trace.byId.get(id);
    if (span !== undefined) stack.push(...trace.childrenOf(span));
  };
  push(spanId);
  for (let span = stack.pop(); span !== undefined; span = stack.pop()) {
    if (kept.has(span.spanId)) continue;
    kept.add(span.spanId);
    push(span.spanId);
  }
  return kept;
}
