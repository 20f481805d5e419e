import { ownTimeOf } from '../../analyses/facts/own-time.ts';
import type { Bundle } from '../../bundles/bundle.ts';
import { SERVICE_NAME, SPAN_UNFINISHED } from '../../core/attributes.ts';
import { durationMs, type Resource, type Span, STATUS_CODE } from '../../core/span.ts';
import type { PageAttributes, PageSpan } from './page-data.ts';
import { pageAttributes, weigh } from './page-value.ts';
import { type SpanFacts, spanFacts } from './span-facts.ts';

/** A page that is heavier is not opened any more. */
const BUDGET_CHARACTERS = 48_000_000;

/** The spans in the order of their handles, their services and resources, and how many had to go without attributes. */
export interface PageSpans {
  readonly spans: readonly PageSpan[];
  readonly services: readonly string[];
  readonly resources: readonly PageAttributes[];
  readonly cutCount: number;
}

/** Linear in the size of the trace. Never throws. */
export function pageSpans(bundle: Bundle): PageSpans {
  const { trace, handles, tree, startTimeUnixNano } = bundle;
  const own = ownTimeOf(trace);
  const factsOf = spanFacts(bundle);
  const services = new Map<string, number>();
  const resources = new Map<Resource, number>();
  const offset = (time: bigint): number => Number(time - startTimeUnixNano) / 1e6;
  let budget = BUDGET_CHARACTERS;
  let cutCount = 0;
  const describe = (span: Span): PageSpan => {
    const { attributes, events, links, status, resource, scope } = span;
    const parent = handles.get(span.parentSpanId ?? '');
    const isError = status.code === STATUS_CODE.error;
    const known: SpanFacts = factsOf(span);
    const rest = {
      attributes: pageAttributes(attributes),
      ...(events.length > 0 && {
        events: events.map((event) => ({
          name: event.name,
          atMs: offset(event.timeUnixNano),
          attributes: pageAttributes(event.attributes),
        })),
      }),
      ...(links.length > 0 && {
        links: links.map((link) => ({ ...link, attributes: pageAttributes(link.attributes) })),
      }),
    };
    budget -= 200 + weigh(rest as never);
    const isCut = budget < 0;
    if (isCut) cutCount += 1;
    return {
      id: span.spanId,
      ...(parent !== undefined && span.parentSpanId !== span.spanId && { parent: parent - 1 }),
      name: span.name,
      ...known,
      kind: span.kind,
      service: indexOf(services, serviceOf(span)),
      startMs: offset(span.startTimeUnixNano),
      ms: durationMs(span),
      ownMs: (own.get(span) ?? 0) / 1e6,
      ...(isError && { isError }),
      ...(attributes[SPAN_UNFINISHED] === true && { isUnfinished: true }),
      ...(status.message && { message: status.message }),
      ...(isCut ? { attributes: [], isCut } : rest),
      resource: indexOf(resources, resource),
      scope: [scope.name, scope.version].filter(Boolean).join(' '),
      ...(span.droppedCount > 0 && { droppedCount: span.droppedCount }),
    };
  };
  return {
    spans: tree.flatMap((row) => row.spans.map(describe)),
    services: [...services.keys()],
    resources: [...resources.keys()].map((resource) => pageAttributes(resource.attributes)),
    cutCount,
  };
}

function serviceOf(span: Span): string {
  const name = span.resource.attributes[SERVICE_NAME];
  return typeof name === 'string' ? name : '';
}

function indexOf<Key>(indexes: Map<Key, number>, key: Key): number {
  const known = indexes.get(key) ?? indexes.size;
  indexes.set(key, known);
  return known;
}
