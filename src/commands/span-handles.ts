import type { TraceView } from '../bundles/trace-view.ts';
import { AgentlogError } from '../core/errors.ts';

const HANDLE = /^#?(\d{1,7})(?:-#?(\d{1,7}))?$/;

/**
 * The ids of spans named as `#3`, `3`, `#3-7` or by their 16 hex digits, each once, in the order given.
 * @throws AgentlogError USAGE for what names no span, SPAN_NOT_FOUND with the handles there are.
 */
export function resolveSpans(bundle: TraceView, names: readonly string[]): string[] {
  const byHandle = new Map([...bundle.handles].map(([id, handle]) => [handle, id]));
  const found = new Set<string>();
  for (const name of names.flatMap((each) => each.split(',')).map((each) => each.trim())) {
    const [, first, last = first] = HANDLE.exec(name) ?? [];
    if (first !== undefined) {
      const [from, to] = [Number(first), Number(last)].sort((a, b) => a - b) as [number, number];
      if (!byHandle.has(from) || !byHandle.has(to))
        throw notFound(bundle, `#${byHandle.has(from) ? to : from}`);
      for (let handle = from; handle <= to; handle += 1) found.add(byHandle.get(handle) as string);
      continue;
    }
    if (!/^[0-9a-f]{16}$/i.test(name)) {
      throw new AgentlogError(
        'USAGE',
        "Expected a span as '#3', 3, a range 3-7 or an id of 16 hex digits. " +
          `\`agentlog-otel trace ${bundle.traceId}\` shows them.`,
      );
    }
    const id = name.toLowerCase();
    if (!bundle.handles.has(id)) throw notFound(bundle, `\`${id}\``);
    found.add(id);
  }
  return [...found];
}

/**
 * The id of one span, for an option that takes one.
 * @throws AgentlogError USAGE for several; what {@link resolveSpans} throws.
 */
export function resolveSpan(view: TraceView, name: string, option: string): string {
  const [only, ...rest] = resolveSpans(view, [name]);
  if (only !== undefined && rest.length === 0) return only;
  throw new AgentlogError('USAGE', `Expected ${option} to be one span, such as 3 or '#3'.`);
}

function notFound({ traceId, handles }: TraceView, name: string): AgentlogError {
  const there = handles.size === 0 ? 'no spans, only log records' : `the spans #1 to #${handles.size}`;
  return new AgentlogError(
    'SPAN_NOT_FOUND',
    `Trace \`${traceId}\` has ${there}, and no ${name}. \`agentlog-otel trace ${traceId}\` shows them.`,
  );
}
