import { SERVICE_NAME } from '../../core/attributes.ts';
import type { Span } from '../../core/span.ts';
import { outsideCallOf } from './calls.ts';

/** Time spent on one kind of work: spans of one service and name, and of one statement or address where there is one. */
export interface Work {
  /** Equal for equal kinds of work. */
  readonly key: string;
  /** What is called, else the name of the spans: text from telemetry. */
  readonly name: string;
  /** Text from telemetry. */
  readonly service: string;
  readonly ms: number;
  /** The spans that took part, in order of start. */
  readonly spans: readonly Span[];
}

/** Nanoseconds by span, gathered by kind of work: the most time first, ties in the order of the spans. */
export function workOf(nanosBySpan: ReadonlyMap<Span, number>): Work[] {
  const groups = new Map<string, { name: string; nanos: number; spans: Span[] }>();
  for (const [span, nanos] of nanosBySpan) {
    if (nanos <= 0) continue;
    const { kind, name } = outsideCallOf(span) ?? { kind: '', name: span.name };
    const key = `${serviceOf(span)}\n${kind}\n${span.name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { name, nanos, spans: [span] });
    else {
      group.nanos += nanos;
      group.spans.push(span);
    }
  }
  return [...groups]
    .sort(([, a], [, b]) => b.nanos - a.nanos)
    .map(([key, { name, nanos, spans }]) => {
      const [first] = spans.sort(byStart) as [Span];
      return { key, name, service: serviceOf(first), ms: nanos / 1e6, spans };
    });
}

function byStart(a: Span, b: Span): number {
  return a.startTimeUnixNano === b.startTimeUnixNano ? 0 : a.startTimeUnixNano < b.startTimeUnixNano ? -1 : 1;
}

function serviceOf(span: Span): string {
  const name = span.resource.attributes[SERVICE_NAME];
  return typeof name === 'string' ? name : '';
}
