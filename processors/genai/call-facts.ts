import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  ERROR_TYPE,
  GEN_AI_CHUNK_COUNT,
  GEN_AI_CONTEXT_RATIO,
  GEN_AI_COST_SOURCE,
  GEN_AI_COST_USD,
  GEN_AI_OPERATION_NAME,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_RESPONSE_MODEL,
  GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
  SERVER_ADDRESS,
  SERVER_PORT,
} from '../../src/core/attributes.ts';
import { isModelCall } from '../../src/core/genai/names.ts';
import { callCost } from '../../src/core/genai/prices/cost.ts';
import { count, type TokenUsage } from '../../src/core/genai/usage.ts';
import type { Facts } from '../processor.ts';
import type { Sums } from './calls.ts';

/** A call of a model, or of an agent that says what it used, under the current names. */
export interface CallFacts {
  readonly isModelCall: boolean;
  readonly isAgent: boolean;
  readonly operation: string;
  readonly provider: string;
  readonly requestModel: string;
  readonly responseModel: string;
  readonly usage: TokenUsage;
  readonly startedAt: Date;
  readonly durationS: number;
  readonly firstChunkS: number | undefined;
  readonly chunkCount: number | undefined;
  readonly errorType: string | undefined;
  readonly serverAddress: string | undefined;
  readonly serverPort: number | undefined;
}

const AGENTS = new Set(['invoke_agent', 'create_agent', 'invoke_workflow']);

/** `found`: what the normaliser found beside the attributes. Undefined for a span that used no model itself. */
export function readCall({ attributes, startTime, duration }: ReadableSpan, found: Attributes): CallFacts {
  const value = (key: string): unknown => found[key] ?? attributes[key];
  const text = (key: string): string => {
    const read = value(key);
    return typeof read === 'string' ? read : '';
  };
  const amount = (key: string): number | undefined => {
    const read = value(key);
    return typeof read === 'number' && Number.isFinite(read) && read >= 0 ? read : undefined;
  };
  const operation = value(GEN_AI_OPERATION_NAME);
  return {
    isModelCall: isModelCall(operation, value(GEN_AI_REQUEST_MODEL)),
    isAgent: typeof operation === 'string' && AGENTS.has(operation),
    operation: text(GEN_AI_OPERATION_NAME),
    provider: text(GEN_AI_PROVIDER_NAME),
    requestModel: text(GEN_AI_REQUEST_MODEL),
    responseModel: text(GEN_AI_RESPONSE_MODEL),
    usage: {
      inputTokens: count(value(GEN_AI_USAGE_INPUT_TOKENS)),
      outputTokens: count(value(GEN_AI_USAGE_OUTPUT_TOKENS)),
      cacheReadTokens: count(value(GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS)),
      cacheWriteTokens: count(value(GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS)),
      reasoningTokens: count(value(GEN_AI_USAGE_REASONING_OUTPUT_TOKENS)),
    },
    startedAt: new Date(startTime[0] * 1000 + startTime[1] / 1e6),
    durationS: duration[0] + duration[1] / 1e9,
    firstChunkS: amount(GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK),
    chunkCount: amount(GEN_AI_CHUNK_COUNT),
    errorType: text(ERROR_TYPE) || undefined,
    serverAddress: text(SERVER_ADDRESS) || undefined,
    serverPort: amount(SERVER_PORT),
  };
}

export function hasTokens({ usage: { inputTokens, outputTokens } }: CallFacts): boolean {
  return inputTokens !== undefined || outputTokens !== undefined;
}

/** Sets what the call cost, for a model whose price is known, and says what the call adds to the spans above. */
export function setCostFacts(call: CallFacts, facts: Facts): Sums {
  const { provider, responseModel, requestModel, usage, startedAt } = call;
  const models = [responseModel, requestModel].filter((model) => model !== '');
  const cost = models.length === 0 ? undefined : callCost(provider, models, usage, startedAt);
  const [inputTokens, outputTokens] = [usage.inputTokens ?? 0, usage.outputTokens ?? 0];
  if (cost?.usd !== undefined) {
    facts.set(GEN_AI_COST_USD, cost.usd);
    facts.set(GEN_AI_COST_SOURCE, cost.source);
  }
  if (cost?.contextWindow !== undefined && inputTokens > 0) {
    const ratio = (inputTokens + outputTokens) / cost.contextWindow;
    facts.set(GEN_AI_CONTEXT_RATIO, Number(ratio.toPrecision(4)));
  }
  return { callCount: 1, inputTokens, outputTokens, costUsd: cost?.usd };
}
