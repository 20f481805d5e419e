import type { AnyValue, Attributes, AttributeValue } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { CUT_COUNT, GEN_AI_CONTENT_DROPPED, GEN_AI_OPERATION_NAME } from '../../src/core/attributes.ts';
import { contentKind, type FoundContent } from '../../src/core/genai/content.ts';
import type { ContentPolicy } from '../../src/core/genai/content-policy.ts';
import { isFactKey } from '../../src/core/genai/fact-keys.ts';
import { hasGenAiKey, isGenAiKey } from '../../src/core/genai/namespaces.ts';
import { normaliseContent } from '../../src/core/genai/normalise-content.ts';
import { recordContent } from '../../src/core/genai/record-content.ts';
import type { Redactor } from '../../src/core/redaction/redactor.ts';
import type { AttributeValue as CoreValue } from '../../src/core/span.ts';
import { type Facts, newestEvents } from '../processor.ts';

type Redact = Pick<Redactor, 'value'> | undefined;
type Event = ReadableSpan['events'][number];

/** In an event or record about a message these say who and why; everything else there is the message. */
const EVENT_FACTS = new Set([
  'id',
  'index',
  'role',
  'name',
  'type',
  'finish_reason',
  'event.name',
  'tool_call_id',
]);

/** Content under the current names; `gen_ai.prompt` and the like are older. */
const CURRENT =
  /^gen_ai\.(?:input\.messages|output\.messages|system_instructions|tool\.|retrieval\.|evaluation\.)/;

/**
 * Leaves content out of a span as the policy says, brings what may stay under the current names, and cuts it.
 * `dropsOld`: where it stands under a current name it does not stay under a dialect's.
 */
export function applyToSpan(
  span: ReadableSpan,
  facts: Facts,
  policy: ContentPolicy,
  redactor: Redact,
  dropsOld = false,
): void {
  const { attributes } = span;
  const operation = facts.attributes?.[GEN_AI_OPERATION_NAME] ?? attributes[GEN_AI_OPERATION_NAME];
  const isTool = operation === 'execute_tool';
  const work = new Work(policy, redactor);
  if (policy.spans) {
    const found = normaliseContent(attributes, isTool, policy);
    for (const key in found) facts.set(key, work.record(key, found[key]) as AttributeValue);
  }
  for (const key in attributes) {
    const value = attributes[key];
    const kind = contentKind(key, value, isTool);
    if (kind === undefined) continue;
    facts.drop(key);
    if (dropsOld && policy.spans && !CURRENT.test(key)) continue;
    if (policy.spans && work.allows(kind)) facts.set(key, work.record(key, value) as AttributeValue);
    else work.dropped++;
  }
  if (span.events.length > 0) facts.events = newestEvents(span).map((event) => work.event(event));
  work.say(facts);
}

/** The same for a log record of a GenAI library: its body is a message. */
export function applyToLog(
  record: ReadableLogRecord,
  facts: Facts,
  policy: ContentPolicy,
  redactor: Redact,
): void {
  const attributes = record.attributes as Attributes;
  const name = record.eventName ?? String(attributes['event.name'] ?? '');
  const isEvent = name !== '' && isGenAiKey(name);
  if (!isEvent && !hasGenAiKey(attributes)) return;
  const work = new Work(policy, redactor);
  const kept = work.attributes(attributes, name);
  for (const key in attributes) {
    if (key in kept && kept[key] === attributes[key]) continue;
    facts.drop(key);
    if (key in kept) facts.set(key, kept[key] as AttributeValue);
  }
  const { body } = record;
  if (body !== undefined && body !== null && !name.startsWith('gen_ai.evaluation.')) {
    if (policy.events && work.allows(kindOfEvent(name))) facts.body = work.record('body', body) as AnyValue;
    else {
      facts.body = '[content off]';
      work.dropped++;
    }
  }
  work.say(facts);
}

/** `gen_ai.user.message`, `gen_ai.content.completion`, …: whose words an event holds. */
function kindOfEvent(name: string): FoundContent {
  if (/tool/.test(name)) return 'tools';
  if (/completion|choice|assistant|output|response/.test(name)) return 'completions';
  return /prompt|user|system|input|request/.test(name) ? 'prompts' : 'unknown';
}

class Work {
  dropped = 0;
  private cut = 0;
  private readonly policy: ContentPolicy;
  private readonly redactor: Redact;

  constructor(policy: ContentPolicy, redactor: Redact) {
    this.policy = policy;
    this.redactor = redactor;
  }

  allows(kind: FoundContent): boolean {
    const { prompts, completions, tools } = this.policy;
    return kind === 'unknown' ? prompts && completions && tools : this.policy[kind];
  }

  record(key: string, value: unknown): unknown {
    const { redactor } = this;
    // Without a redactor a cut might part a secret so that it is not seen any more.
    const redact = (tree: unknown): unknown =>
      redactor === undefined ? '[content not redacted]' : redactor.value(key, tree as CoreValue);
    const { value: recorded, isCut } = recordContent(value, this.policy, redact);
    if (isCut) this.cut++;
    return recorded;
  }

  /** An exception is the status of the call told at length. */
  event(event: Event): Event {
    if (event.attributes === undefined || event.name === 'exception') return event;
    return { ...event, attributes: this.attributes(event.attributes, event.name) };
  }

  /** What may stay of the attributes of an event or log record. */
  attributes(attributes: Attributes, eventName: string): Attributes {
    const isOurs = isGenAiKey(eventName);
    const kept: Attributes = {};
    for (const key in attributes) {
      const value = attributes[key];
      const kind = isOurs ? kindInEvent(key, value, eventName) : contentKind(key, value);
      if (kind === undefined) kept[key] = value;
      else if (this.policy.events && this.allows(kind)) kept[key] = this.record(key, value) as AttributeValue;
      else this.dropped++;
    }
    return kept;
  }

  say(facts: Facts): void {
    if (this.dropped > 0) facts.set(GEN_AI_CONTENT_DROPPED, this.dropped);
    if (this.cut > 0) facts.add(CUT_COUNT, this.cut);
  }
}

function kindInEvent(key: string, value: unknown, eventName: string): FoundContent | undefined {
  if (EVENT_FACTS.has(key) || isFactKey(key, value)) return undefined;
  const kind = contentKind(key, value);
  if (kind !== undefined || isGenAiKey(key)) return kind;
  const isBare = !key.includes('.') && typeof value !== 'number' && typeof value !== 'boolean';
  return isBare ? kindOfEvent(eventName) : undefined;
}
