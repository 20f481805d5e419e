/** What of the content of model calls is recorded, and where. Everything is off by default. */
export interface ContentPolicy {
  /** What the model was given: messages, system instructions, retrieval queries and documents, texts to embed. */
  readonly prompts: boolean;
  /** What the model answered. */
  readonly completions: boolean;
  /** Definitions, arguments and results of tools. Their names are always recorded. */
  readonly tools: boolean;
  /** Content as attributes of spans. */
  readonly spans: boolean;
  /** Content in span events and log records. */
  readonly events: boolean;
}

export type ContentKind = 'prompts' | 'completions' | 'tools';

export const CONTENT_KINDS: readonly ContentKind[] = ['prompts', 'completions', 'tools'];

export const CONTENT_OFF: ContentPolicy = {
  prompts: false,
  completions: false,
  tools: false,
  spans: false,
  events: false,
};

/**
 * The policy of `AGENTLOG_GENAI_CONTENT` (what) and `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` (whether,
 * and where). Ours alone: in spans and events. The standard one alone: all three kinds. Both: the narrower.
 *
 * The standard variable is a boolean as in JavaScript, or Python's NO_CONTENT, SPAN_ONLY, EVENT_ONLY,
 * SPAN_AND_EVENT. Anything else is off.
 */
export function readContentPolicy(kinds: readonly string[], standard: string | undefined): ContentPolicy {
  const where = standardPlaces(standard);
  const isOurs = kinds.length > 0;
  if (kinds.includes('off') || where === 'none' || (where === 'unset' && !isOurs)) return CONTENT_OFF;
  const has = (kind: ContentKind): boolean => !isOurs || kinds.includes(kind);
  return Object.freeze({
    prompts: has('prompts'),
    completions: has('completions'),
    tools: has('tools'),
    spans: where !== 'events',
    events: where !== 'spans',
  });
}

function standardPlaces(value: string | undefined): 'unset' | 'none' | 'both' | 'spans' | 'events' {
  switch (value?.trim().toLowerCase()) {
    case undefined:
    case '':
      return 'unset';
    case 'true':
    case 'span_and_event':
      return 'both';
    case 'span_only':
      return 'spans';
    case 'event_only':
      return 'events';
    default:
      return 'none';
  }
}

let current: ContentPolicy = CONTENT_OFF;

/**
 * The policy in force in this process, for instrumentations: ask at each call, and build content only where it
 * says so. Off until the SDK has read its options.
 */
export function contentPolicy(): ContentPolicy {
  return current;
}

/** For `sdk/` alone: instrumentations are patched once per process, so there is one policy. */
export function setContentPolicy(policy: ContentPolicy): void {
  current = policy;
}
