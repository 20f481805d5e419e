import {
  ERROR_TYPE,
  GEN_AI_OPERATION_NAME,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_RESPONSE_FINISH_REASONS,
  GEN_AI_RESPONSE_MODEL,
  GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
} from '../../core/attributes.ts';
import { type AttributeValue, durationMs, type Span, STATUS_CODE } from '../../core/span.ts';
import type { Trace } from '../../core/trace.ts';

/** Operations that are no call of a model: they hold calls. */
const AROUND_CALLS = new Set(['execute_tool', 'invoke_agent', 'create_agent', 'invoke_workflow', 'plan']);

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
  readonly finishReasons: readonly string[];
  readonly errorType?: string;
  readonly isError: boolean;
}

/**
 * The calls of a trace in order of start. A span that holds another call's span is the framework around it and is
 * not counted again. Linear; never throws.
 */
export function llmCallsOf(trace: Trace): LlmCall[] {
  const spans = trace.spans.filter(isCall);
  const around = new Set<string>();
  for (const span of spans) {
    let parent = span.parentSpanId;
    while (parent !== undefined && !around.has(parent)) {
      around.add(parent);
      parent = trace.byId.get(parent)?.parentSpanId;
    }
  }
  return spans.filter((span) => !around.has(span.spanId)).map(readCall);
}

function isCall(span: Span): boolean {
  const operation = span.attributes[GEN_AI_OPERATION_NAME];
  const hasModel = typeof span.attributes[GEN_AI_REQUEST_MODEL] === 'string';
  // A search asks a model only where it says which: reranking does, a retriever does not.
  if (operation === undefined || operation === 'retrieval') return hasModel;
  return typeof operation === 'string' && !AROUND_CALLS.has(operation);
}

function readCall(span: Span): LlmCall {
  const { attributes } = span;
  const finishReasons = attributes[GEN_AI_RESPONSE_FINISH_REASONS];
  const errorType = text(attributes[ERROR_TYPE]);
  const requestModel = text(attributes[GEN_AI_REQUEST_MODEL]);
  const responseModel = text(attributes[GEN_AI_RESPONSE_MODEL]);
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
    finishReasons: Array.isArray(finishReasons)
      ? finishReasons.filter((each) => typeof each === 'string')
      : [],
    ...(errorType !== '' && { errorType }),
    isError: span.status.code === STATUS_CODE.error,
  };
}

function count(name: string, value: AttributeValue | undefined): Record<string, number> {
  return typeof value === 'number' && Number.isFinite(value) ? { [name]: value } : {};
}

function text(value: AttributeValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
