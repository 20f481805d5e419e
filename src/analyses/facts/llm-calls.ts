import type { Attributes } from '@opentelemetry/api';
import {
  ERROR_TYPE,
  GEN_AI_CONTEXT_RATIO,
  GEN_AI_COST_SOURCE,
  GEN_AI_COST_USD,
  GEN_AI_INPUT_MESSAGES,
  GEN_AI_OPERATION_NAME,
  GEN_AI_OUTPUT_MESSAGES,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_RESPONSE_FINISH_REASONS,
  GEN_AI_RESPONSE_MODEL,
  GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  GEN_AI_RETRY_AFTER_S,
  GEN_AI_RETRY_EVENT,
  GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
  HTTP_REQUEST_RESEND_COUNT,
  HTTP_RESPONSE_STATUS_CODE,
} from '../../core/attributes.ts';
import { isModelCall } from '../../core/genai/names.ts';
import { hasGenAiKey } from '../../core/genai/namespaces.ts';
import { normaliseGenAi } from '../../core/genai/normalise.ts';
import {
  type AttributeValue,
  type Attributes as CoreAttributes,
  durationMs,
  type Span,
  STATUS_CODE,
} from '../../core/span.ts';
import type { Trace } from '../../core/trace.ts';

/** Why an answer is not the whole answer, or there is none. */
export type LlmTrouble = 'rate limited' | 'timed out' | 'filtered' | 'cut at max tokens';

/** One call of a language or embedding model. Strings are text from telemetry. */
export interface LlmCall {
  readonly spanId: string;
  readonly operation: string;
  readonly provider: string;
  /** The model that was asked for, and the one that answered; equal when only one is known. */
  readonly requestModel: string;
  readonly model: string;
  readonly durationMs: number;
  /** Includes cached tokens. Absent when the provider did not say. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cachedInputTokens?: number;
  /** Part of the output tokens. */
  readonly reasoningTokens?: number;
  /** As recorded with the call; absent for a model without a known price. */
  readonly costUsd?: number;
  /** By which prices. */
  readonly costSource?: string;
  /** Tokens by the model's context window. */
  readonly contextRatio?: number;
  /** Time to the first chunk of a streamed answer. */
  readonly firstChunkMs?: number;
  /** HTTP status of the last answer, and how long the provider asked to wait. */
  readonly statusCode?: number;
  readonly retryAfterS?: number;
  /** Requests that the client sent; 1 when the first went through or nobody counted. */
  readonly attemptCount: number;
  readonly trouble?: LlmTrouble;
  /** What the model was given and what it said, where content was recorded. */
  readonly prompt?: string;
  readonly answer?: string;
  readonly finishReasons: readonly string[];
  readonly errorType?: string;
  readonly isError: boolean;
}

/**
 * The calls of a trace in order of start. A span that holds another call's span is the framework around it and is
 * not counted again. Linear; never throws.
 */
export function llmCallsOf(trace: Trace): LlmCall[] {
  const facts = new Map<Span, CoreAttributes>();
  for (const span of trace.spans) {
    const current = modelCallFacts(span);
    if (current !== undefined) facts.set(span, current);
  }
  const around = new Set<string>();
  for (const span of facts.keys()) {
    let parent = span.parentSpanId;
    while (parent !== undefined && !around.has(parent)) {
      around.add(parent);
      parent = trace.byId.get(parent)?.parentSpanId;
    }
  }
  return [...facts]
    .filter(([span]) => !around.has(span.spanId))
    .map(([span, current]) => readCall(span, current));
}

/** One span as a model call, without a look at what is around it; undefined for any other span. */
export function llmCallOf(span: Span): LlmCall | undefined {
  const current = modelCallFacts(span);
  return current === undefined ? undefined : readCall(span, current);
}

function modelCallFacts(span: Span): CoreAttributes | undefined {
  if (!hasGenAiKey(span.attributes)) return undefined;
  const current = currentNames(span);
  return isModelCall(current[GEN_AI_OPERATION_NAME], current[GEN_AI_REQUEST_MODEL]) ? current : undefined;
}

/** A file may come from another SDK, with the names of a library. */
function currentNames({ attributes, scope }: Span): CoreAttributes {
  const { found } = normaliseGenAi(attributes as Attributes, scope.name);
  return { ...attributes, ...(found as CoreAttributes) };
}

function readCall(span: Span, attributes: CoreAttributes): LlmCall {
  const given = attributes[GEN_AI_RESPONSE_FINISH_REASONS];
  const finishReasons = Array.isArray(given) ? given.filter((each) => typeof each === 'string') : [];
  const errorType = text(attributes[ERROR_TYPE]);
  const requestModel = text(attributes[GEN_AI_REQUEST_MODEL]);
  const responseModel = text(attributes[GEN_AI_RESPONSE_MODEL]);
  const statusCode = attributes[HTTP_RESPONSE_STATUS_CODE];
  const firstChunkS = attributes[GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK];
  const trouble = troubleOf(statusCode, errorType, finishReasons);
  return {
    spanId: span.spanId,
    operation: text(attributes[GEN_AI_OPERATION_NAME]),
    provider: text(attributes[GEN_AI_PROVIDER_NAME]),
    requestModel: requestModel || responseModel,
    model: responseModel || requestModel,
    durationMs: durationMs(span),
    ...count('inputTokens', attributes[GEN_AI_USAGE_INPUT_TOKENS]),
    ...count('outputTokens', attributes[GEN_AI_USAGE_OUTPUT_TOKENS]),
    ...count('cachedInputTokens', attributes[GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS]),
    ...count('reasoningTokens', attributes[GEN_AI_USAGE_REASONING_OUTPUT_TOKENS]),
    ...count('costUsd', attributes[GEN_AI_COST_USD]),
    ...count('contextRatio', attributes[GEN_AI_CONTEXT_RATIO]),
    ...count('firstChunkMs', typeof firstChunkS === 'number' ? firstChunkS * 1000 : undefined),
    ...count('statusCode', statusCode),
    ...count('retryAfterS', attributes[GEN_AI_RETRY_AFTER_S]),
    attemptCount: attemptsOf(span, attributes),
    ...(trouble !== undefined && { trouble }),
    ...content('costSource', attributes[GEN_AI_COST_SOURCE]),
    ...content('prompt', attributes[GEN_AI_INPUT_MESSAGES]),
    ...content('answer', attributes[GEN_AI_OUTPUT_MESSAGES]),
    finishReasons,
    ...(errorType !== '' && { errorType }),
    isError: span.status.code === STATUS_CODE.error,
  };
}

function attemptsOf({ events }: Span, attributes: CoreAttributes): number {
  const resent = attributes[HTTP_REQUEST_RESEND_COUNT];
  const retries = events.filter((event) => event.name === GEN_AI_RETRY_EVENT).length;
  return 1 + Math.max(retries, typeof resent === 'number' && resent > 0 ? Math.floor(resent) : 0);
}

const CUT = /^(?:length|max_?(?:output_)?tokens|model_length|model_context_window_exceeded)$/i;
const FILTERED = /filter|safety|refusal|blocklist|prohibited|recitation|guardrail|spii/i;

function troubleOf(
  statusCode: AttributeValue | undefined,
  errorType: string,
  finishReasons: readonly string[],
): LlmTrouble | undefined {
  if (statusCode === 429 || /rate_?limit|throttl|resource_?exhausted/i.test(errorType)) return 'rate limited';
  if (statusCode === 408 || statusCode === 504 || /time_?d?_?out/i.test(errorType)) return 'timed out';
  if (finishReasons.some((each) => FILTERED.test(each)) || /content_?filter/i.test(errorType))
    return 'filtered';
  return finishReasons.some((each) => CUT.test(each)) ? 'cut at max tokens' : undefined;
}

function count(name: string, value: AttributeValue | undefined): Record<string, number> {
  return typeof value === 'number' && Number.isFinite(value) ? { [name]: value } : {};
}

function content(name: string, value: AttributeValue | undefined): Record<string, string> {
  if (value === undefined || value === null || value === '') return {};
  return { [name]: typeof value === 'string' ? value : (JSON.stringify(value) ?? '') };
}

function text(value: AttributeValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
