import type { Attributes, AttributeValue, Span } from '@opentelemetry/api';
import {
  ERROR_TYPE,
  GEN_AI_OPERATION_NAME,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_STREAM,
  GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  GEN_AI_USAGE_INPUT_TOKENS,
} from '../src/core/attributes.ts';
import { count, usageAttributes } from '../src/core/genai/usage.ts';
import { aside } from './aside.ts';

interface Request {
  readonly serviceName?: unknown;
  readonly commandName?: unknown;
  readonly commandInput?: { readonly modelId?: unknown };
}

type Json = Record<string, unknown>;

/**
 * What upstream's span of a call to Bedrock leaves out, as hooks of its aws-sdk instrumentation: the current names,
 * cached tokens, the first chunk, and an end where upstream forgets it: a stream that was refused, or never read.
 */
export const bedrockHooks = {
  preRequestHook(span: Span, { request }: { request: Request }): void {
    if (!isInference(request)) return;
    const model = String(request.commandInput?.modelId ?? '');
    const operation = /embed/i.test(model) ? 'embeddings' : 'chat';
    span.setAttributes({
      [GEN_AI_OPERATION_NAME]: operation,
      [GEN_AI_PROVIDER_NAME]: 'aws.bedrock',
      ...(isStream(request) && { [GEN_AI_REQUEST_STREAM]: true }),
    });
    span.updateName(model === '' ? operation : `${operation} ${model}`);
  },

  responseHook(span: Span, { response }: { response: { request: Request; data?: unknown } }): void {
    if (!isInference(response.request)) return;
    const data = (response.data ?? {}) as Json;
    if (!isStream(response.request)) {
      span.setAttributes(usageOf(data));
      return;
    }
    const field = data.stream === undefined ? 'body' : 'stream';
    const source = data[field];
    if (isIterator(source)) data[field] = watched(source, span);
  },

  exceptionHook(span: Span, { request }: { request: Request }, error: unknown): void {
    if (!isInference(request)) return;
    const { name } = (error ?? {}) as { name?: unknown };
    if (typeof name === 'string') span.setAttribute(ERROR_TYPE, name);
    if (isStream(request)) span.end();
  },
} as const;

function isInference({ serviceName, commandName }: Request): boolean {
  return (
    /bedrock ?runtime/i.test(String(serviceName)) && /^(?:Converse|InvokeModel)/.test(String(commandName))
  );
}

function isStream({ commandName }: Request): boolean {
  return String(commandName).endsWith('Stream');
}

/** Bedrock counts what it read from and wrote to the cache beside the input. */
function usageOf(data: Json): Attributes {
  const usage = (data.usage ?? (data.metadata as Json | undefined)?.usage) as Json | undefined;
  if (usage === undefined || usage === null) return {};
  const cacheReadTokens = count(usage.cacheReadInputTokens);
  const cacheWriteTokens = count(usage.cacheWriteInputTokens);
  const uncached = count(usage.inputTokens);
  return usageAttributes({
    inputTokens:
      uncached === undefined ? undefined : uncached + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0),
    outputTokens: count(usage.outputTokens),
    cacheReadTokens,
    cacheWriteTokens,
  });
}

/** Upstream's stream, which ends the span when it has been read; one that is dropped before ends it here. */
const unread = new FinalizationRegistry<Span>((span) => span.end());

function watched(source: AsyncIterator<unknown>, span: Span): AsyncIterable<unknown> {
  let isBegun = false;
  const token = {};
  const iterator = {
    async next(...args: [] | [undefined]) {
      unread.unregister(token);
      const result = await source.next(...args);
      aside(() => {
        if (result.done) return;
        const elapsed = isBegun ? undefined : secondsSinceStart(span);
        isBegun = true;
        if (elapsed !== undefined) span.setAttribute(GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK, elapsed);
        const usage = usageOf((result.value ?? {}) as Json);
        span.setAttributes(usage);
        keepInput(span, usage[GEN_AI_USAGE_INPUT_TOKENS]);
      });
      return result;
    },
    async return(value?: unknown) {
      // A generator that has not begun runs none of its code when it is told to return.
      if (!isBegun) aside(() => span.end());
      unread.unregister(token);
      return (await source.return?.(value)) ?? { done: true as const, value };
    },
    [Symbol.asyncIterator]() {
      return iterator;
    },
  };
  unread.register(iterator, span, token);
  return iterator;
}

function secondsSinceStart(span: Span): number | undefined {
  const { startTime } = span as { readonly startTime?: readonly [number, number] };
  if (startTime === undefined) return undefined;
  return (performance.timeOrigin + performance.now()) / 1000 - (startTime[0] + startTime[1] / 1e9);
}

/** Upstream writes the input without the cache once more when the stream has ended. */
function keepInput(span: Span, input: AttributeValue | undefined): void {
  if (input === undefined) return;
  const { setAttribute } = span;
  span.setAttribute = function (this: Span, key, value) {
    return setAttribute.call(this, key, key === GEN_AI_USAGE_INPUT_TOKENS ? input : value);
  };
}

function isIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof (value as AsyncIterator<unknown> | undefined)?.next === 'function';
}
