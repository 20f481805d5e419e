import { type AttributeValue, SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { createBeside } from '../../src/core/beside.ts';
import { isLibraryKey } from '../../src/core/genai/content.ts';
import { CONTENT_OFF, type ContentPolicy } from '../../src/core/genai/content-policy.ts';
import { hasGenAiKey, isGenAiKey } from '../../src/core/genai/namespaces.ts';
import { normaliseGenAi } from '../../src/core/genai/normalise.ts';
import type { Redactor } from '../../src/core/redaction/redactor.ts';
import type { KnownAttributes } from '../known-attributes.ts';
import { type Enricher, type Facts, isEntry, newestEvents } from '../processor.ts';
import { type CallFacts, hasTokens, readCall, setCostFacts } from './call-facts.ts';
import { type OpenSpan, OpenSpans, setTotals } from './calls.ts';
import { applyToLog, applyToSpan } from './content.ts';
import { CallMetrics } from './metrics.ts';

export interface GenAiEnricherOptions {
  /** What of prompts, answers and tools is recorded. Default nothing. */
  readonly content?: ContentPolicy;
  /** Runs over content before it is cut. Without one nothing is cut, so nothing long is recorded. */
  readonly redactor?: Pick<Redactor, 'value'>;
  /** Leave out the keys of dialects that stand under a current name. Default false. */
  readonly dropsOldNames?: boolean;
  /** Where calls are measured; absent when metrics are off. */
  readonly metrics?: CallMetrics;
}

/**
 * Puts the current names beside those of dialects on GenAI spans, settles their token counts, adds cost, and leaves
 * prompts, answers and what tools were given out of spans, events and log records unless the policy lets them in.
 * Spans above learn the sums; a framework's span around its client's counts once and becomes INTERNAL.
 *
 * 15 to 50 µs a span of a model call, in the batch; a look at the keys (about 0.15 µs) for any other span. If the work on a span fails, every attribute that may be
 * content and every event is left out, because a prompt might leave with it.
 */
export function createGenAiEnricher(options: GenAiEnricherOptions = {}): Enricher {
  const policy = options.content ?? CONTENT_OFF;
  const spans = new OpenSpans();
  return {
    name: 'genai',
    onStart(span) {
      spans.start(span);
    },
    onEnd(span, facts) {
      const open = spans.of(span);
      try {
        const isAgent = isGenAi(span, facts.known) && describe(span, facts, open);
        if (open.sums !== undefined && (isAgent || isEntry(span))) setTotals(open.sums, facts);
      } finally {
        open.end();
      }
    },
    onLog(record, facts) {
      try {
        applyToLog(record, facts, policy, options.redactor);
      } catch (error) {
        for (const key in record.attributes) if (isLibraryKey(key)) facts.drop(key);
        facts.body = '[content off]';
        throw error;
      }
    },
  };

  /** Whether the span is one of an agent or a workflow. */
  function describe(span: ReadableSpan, facts: Facts, open: OpenSpan): boolean {
    try {
      const { found, sources } = normaliseGenAi(span.attributes, span.instrumentationScope.name);
      for (const key in found) facts.set(key, found[key] as AttributeValue);
      applyToSpan(span, facts, policy, options.redactor, options.dropsOldNames);
      if (options.dropsOldNames) for (const key of sources) facts.drop(key);
      return countCall(span, facts, open, readCall(span, found));
    } catch (error) {
      // What could not be looked at may hold a prompt.
      for (const key in span.attributes) if (isLibraryKey(key)) facts.drop(key);
      facts.events = [];
      throw error;
    }
  }

  function countCall(span: ReadableSpan, facts: Facts, open: OpenSpan, call: CallFacts): boolean {
    const below = open.sums;
    // What is nearer to the model has said it: the same tokens again are the framework's view of that call.
    if (below === undefined) {
      if (call.isModelCall || hasTokens(call)) open.add(setCostFacts(call, facts));
      if (call.isModelCall) options.metrics?.record(call);
    } else if (below.inputTokens + below.outputTokens === 0 && hasTokens(call)) {
      open.add({ ...setCostFacts(call, facts), callCount: 0 });
    }
    if (below !== undefined && call.isModelCall && span.kind === SpanKind.CLIENT)
      facts.kind = SpanKind.INTERNAL;
    return call.isAgent;
  }
}

const hasKey = createBeside<boolean>();

/** Also a span of the app's own that a GenAI library wrote an event on. */
function isGenAi(span: ReadableSpan, known: KnownAttributes | undefined): boolean {
  const isKnown = known && hasKey.get(known);
  const isOne = isKnown ?? hasGenAiKey(span.attributes);
  if (known !== undefined && isKnown === undefined) hasKey.set(known, isOne);
  if (isOne) return true;
  return newestEvents(span).some(
    ({ name, attributes }) => isGenAiKey(name) || (attributes !== undefined && hasGenAiKey(attributes)),
  );
}

export { CallMetrics };
