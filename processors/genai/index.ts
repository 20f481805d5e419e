import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { GEN_AI_CONTENT_DROPPED } from '../../src/core/attributes.ts';
import { isContentKey } from '../../src/core/genai/content.ts';
import { CONTENT_OFF, type ContentPolicy } from '../../src/core/genai/content-policy.ts';
import { isGenAi, normaliseGenAi } from '../../src/core/genai/normalise.ts';
import type { Enricher, Facts } from '../processor.ts';

/** Attributes that hold content only in events, whose names say that they are GenAI's. */
const EVENT_CONTENT: ReadonlySet<string> = new Set(['content', 'message', 'tool_calls', 'arguments']);

/**
 * Puts the current names beside the older ones on GenAI spans, settles their token counts, and leaves prompts
 * and answers out unless the policy lets them in. Costs about 50 ns on any other span.
 *
 * Content is left out by key (`Facts.drop`), of the span and of its events; how many keys went is a fact.
 */
export function createGenAiEnricher(policy: ContentPolicy = CONTENT_OFF): Enricher {
  return {
    name: 'genai',
    onEnd(span, facts) {
      if (!isGenAi(span.attributes)) return;
      const found = normaliseGenAi(span.attributes);
      if (found !== undefined) {
        for (const [key, value] of Object.entries(found)) if (value !== undefined) facts.set(key, value);
      }
      dropContent(span, policy, facts);
    },
    onLog(record, facts) {
      if (!policy.events && record.eventName?.startsWith('gen_ai.')) dropEventContent(record, facts);
    },
  };
}

function dropContent(span: ReadableSpan, policy: ContentPolicy, facts: Facts): void {
  let droppedCount = 0;
  if (!policy.spans) {
    for (const key of Object.keys(span.attributes)) {
      if (!isContentKey(key)) continue;
      facts.drop(key);
      droppedCount++;
    }
  }
  if (!policy.events) {
    for (const event of span.events) {
      if (!event.name.startsWith('gen_ai.')) continue;
      for (const key of Object.keys(event.attributes ?? {})) {
        if (!isContentKey(key) && !EVENT_CONTENT.has(key)) continue;
        facts.drop(key);
        droppedCount++;
      }
    }
  }
  if (droppedCount > 0) facts.set(GEN_AI_CONTENT_DROPPED, droppedCount);
}

/** Such a record is about one message; its body is the message. `exception` and evaluation records keep theirs. */
function dropEventContent(record: ReadableLogRecord, facts: Facts): void {
  if (record.eventName?.startsWith('gen_ai.evaluation.')) return;
  let droppedCount = 0;
  for (const key of Object.keys(record.attributes)) {
    if (!isContentKey(key) && !EVENT_CONTENT.has(key)) continue;
    facts.drop(key);
    droppedCount++;
  }
  if (record.body !== undefined && record.body !== null) {
    facts.body = '[content off]';
    droppedCount++;
  }
  if (droppedCount > 0) facts.set(GEN_AI_CONTENT_DROPPED, droppedCount);
}
