import { type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { GEN_AI_TOOL_ARGUMENTS_HASH, GEN_AI_TOOL_CALL_ARGUMENTS } from '../../src/core/attributes.ts';
import { createBeside } from '../../src/core/beside.ts';
import { argumentsHash } from '../../src/core/genai/arguments-hash.ts';
import {
  type Call,
  describeCall,
  type LiveSpan,
  RepeatTracker,
  type RepeatTrackerOptions,
} from '../../src/core/n-plus-one/index.ts';
import type { Options } from '../../src/core/options.ts';
import type { KnownAttributes } from '../known-attributes.ts';
import { type Enricher, Facts, isEntry } from '../processor.ts';
import { CallSites } from './call-sites.ts';
import { setDatabaseFacts } from './database-facts.ts';
import { setRepeatFacts, setTotals } from './repeat-facts.ts';

export interface SqlEnricherOptions {
  /** Name a span by its summary when upstream named it by the operation only. Default true. */
  readonly renameSpans?: boolean;
  /** Bounds of the table of live spans; `false` turns counting and N+1 off. */
  readonly nPlusOne?: RepeatTrackerOptions | false;
  /** Where in the application a call was made; about 14 µs each. Default `auto`. */
  readonly callSite?: Options['callSite'];
}

/** What the attributes of a span say of it. */
interface Described {
  readonly name: string;
  readonly kind: SpanKind;
  readonly call: Call | undefined;
  readonly facts: Facts;
}

/**
 * Finds facts about database calls: sanitised text, summary, signature; N+1, duplicates and query counts on the
 * spans above them. Also N+1 over HTTP and redundant tool calls.
 *
 * About 1 µs a span where statements are known (see `analyzeSql` for new ones; test/bench/sql.ts); at most 10,000 live traces are followed, for 5 minutes each.
 */
export function createSqlEnricher(options: SqlEnricherOptions = {}): Enricher {
  const renameSpans = options.renameSpans ?? true;
  const tracker = options.nPlusOne === false ? undefined : new RepeatTracker(options.nPlusOne);
  // By span context: a child has the very one of its parent.
  const live = createBeside<LiveSpan>();
  const described = createBeside<Described>();
  const { callSite = 'auto' } = options;
  const callSites = tracker === undefined || callSite === 'off' ? undefined : new CallSites(callSite);

  /** Once for all spans with these attributes, as long as they also have one name and kind. */
  function describe(span: ReadableSpan, known: KnownAttributes | undefined): Described {
    const before = known && described.get(known);
    if (before?.name === span.name && before.kind === span.kind) return before;
    const facts = new Facts();
    const call = describeCall(withArgumentsHash(span.attributes, facts), span.kind === SpanKind.CLIENT);
    if (call !== undefined && (call.family === 'db' || call.family === 'cache')) {
      setDatabaseFacts(span, call, facts, renameSpans);
    }
    const now: Described = { name: span.name, kind: span.kind, call, facts };
    if (known !== undefined) described.set(known, now);
    return now;
  }

  return {
    name: 'sql',
    onStart(span: ReadableSpan): void {
      if (tracker === undefined) return;
      const spanContext = span.spanContext();
      const { traceId, spanId } = spanContext;
      const parent = span.parentSpanContext && live.get(span.parentSpanContext);
      live.set(spanContext, tracker.start({ traceId, spanId, parent, isRoot: isEntry(span) }));
    },
    ...(callSites !== undefined && { onStarting: (span: ReadableSpan) => callSites.onStarting(span) }),
    onEnd(span: ReadableSpan, facts: Facts): void {
      const { call, facts: found } = describe(span, facts.known);
      facts.share(found);
      const node = live.get(span.spanContext());
      if (tracker === undefined || node === undefined) return;
      const settled = tracker.end(node, {
        startMs: milliseconds(span.startTime),
        endMs: milliseconds(span.endTime),
        failed: span.status.code === SpanStatusCode.ERROR,
        call,
        site: callSites?.siteOf(span),
      });
      const site = callSites?.saidOf(span, settled?.site);
      if (site !== undefined) callSites?.setFacts(span, site, facts);
      if (settled === undefined) return;
      if (settled.totals !== undefined && isEntry(span)) setTotals(settled, facts);
      else setRepeatFacts(settled.repeats, facts);
    },
  };
}

/** Arguments of a tool leave the process only when content is on; their hash, which tells repeats apart, always. */
function withArgumentsHash(attributes: Attributes, facts: Facts): Attributes {
  const args = attributes[GEN_AI_TOOL_CALL_ARGUMENTS];
  if (args === undefined || attributes[GEN_AI_TOOL_ARGUMENTS_HASH] !== undefined) return attributes;
  const hash = argumentsHash(args);
  if (hash === undefined) return attributes;
  facts.set(GEN_AI_TOOL_ARGUMENTS_HASH, hash);
  return { ...attributes, [GEN_AI_TOOL_ARGUMENTS_HASH]: hash };
}

function milliseconds(time: readonly [number, number]): number {
  return time[0] * 1000 + time[1] / 1e6;
}
