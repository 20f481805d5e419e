import type { GenAiCall } from '../genai-call.ts';
import { providerOf } from '../genai-provider.ts';

type Json = Record<string, unknown>;

/**
 * Who is not asked for the usage of a stream: they say it without being asked, or refuse a field they do not know.
 * Azure knows it since its API of September 2024.
 */
const NOT_ASKED: ReadonlySet<string> = new Set([
  'mistral_ai',
  'perplexity',
  'cohere',
  'azure.ai.inference',
  'aws.bedrock',
]);

/** Calls whose last chunk is there because we asked. */
const asked = new WeakSet<GenAiCall>();

/**
 * The body that asks for the usage of a streamed chat completion where the app did not: a copy, the app's own is
 * not changed. Not if the app reads the raw response, whose bytes we leave alone.
 */
export function askForUsage(call: GenAiCall, body: unknown, client: unknown): unknown {
  if (!isJson(body) || body.stream !== true || body.data_sources !== undefined) return body;
  const options = body.stream_options;
  if (options !== undefined && options !== null && !isJson(options)) return body;
  if (isJson(options) && 'include_usage' in options) return body;
  if (!mayBeAsked(client)) return body;
  asked.add(call);
  const copy = { ...body };
  Object.defineProperty(copy, 'stream_options', {
    enumerable: true,
    configurable: true,
    // Read when the request is built, which is after the app could say `asResponse()`.
    get: () => (call.isRaw ? (options ?? undefined) : { ...options, include_usage: true }),
  });
  return copy;
}

/**
 * Takes out of a chunk what it holds only because we asked: the `usage` of null that every chunk has then. `hide`:
 * the whole chunk is there only for that.
 */
export function hideAskedUsage(call: GenAiCall, chunk: unknown): 'hide' | undefined {
  if (!asked.has(call) || !isJson(chunk)) return undefined;
  if (chunk.usage === null) delete chunk.usage;
  const isOnlyUsage = isJson(chunk.usage) && Array.isArray(chunk.choices) && chunk.choices.length === 0;
  return isOnlyUsage ? 'hide' : undefined;
}

function mayBeAsked(client: unknown): boolean {
  const { provider } = providerOf(client);
  if (NOT_ASKED.has(provider)) return false;
  if (provider !== 'azure.ai.openai') return true;
  const { apiVersion } = (client ?? {}) as { apiVersion?: unknown };
  return typeof apiVersion !== 'string' || apiVersion === '' || apiVersion >= '2024-09';
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
