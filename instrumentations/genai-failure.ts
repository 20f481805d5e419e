import type { Attributes } from '@opentelemetry/api';
import { GEN_AI_RETRY_AFTER_S, HTTP_RESPONSE_STATUS_CODE } from '../src/core/attributes.ts';
import { wallClock } from '../src/core/natives.ts';
import { aside } from './aside.ts';
import type { FailedAttempt, GenAiCall } from './genai-call.ts';

interface ProviderError {
  readonly code?: unknown;
  readonly type?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly headers?: unknown;
}

/** A code of a provider: one of few values, so it can be counted by. */
const CODE = /^[\w.-]{1,64}$/;

/** `error.type`: the provider's code where the error has one, else the class of the error. */
export function errorType(error: unknown): string {
  const { code, type } = providerError(error);
  if (typeof code === 'string' && CODE.test(code)) return code;
  if (typeof type === 'string' && type !== 'error' && CODE.test(type)) return type;
  if (!(error instanceof Error)) return typeof error;
  // Aborts and time-outs of the platform are of one class and tell themselves apart by name.
  return error instanceof DOMException ? error.name : error.constructor.name || error.name;
}

/** The Vercel AI SDK keeps what the provider said in `data`. */
function providerError(error: unknown): ProviderError {
  const own = (error ?? {}) as ProviderError & { readonly data?: { readonly error?: ProviderError } };
  return own.data?.error ?? own;
}

/** The HTTP status an error of a client carries, and how long its provider asked to wait. */
export function failureAttributes(error: unknown): Attributes {
  const { status, statusCode = status, headers } = (error ?? {}) as ProviderError;
  const attributes: Attributes = {};
  if (typeof statusCode === 'number') attributes[HTTP_RESPONSE_STATUS_CODE] = statusCode;
  const after = retryAfterS(headers);
  if (after !== undefined) attributes[GEN_AI_RETRY_AFTER_S] = after;
  return attributes;
}

/** The promise of one attempt as it was; why it failed is known to the call, for the event of the next. */
export function watchAttempt(call: GenAiCall, sent: Promise<unknown>): Promise<unknown> {
  return sent.then(
    (response) => {
      aside(() => {
        const failure = failedResponse(response);
        if (failure !== undefined) call.attemptFailed(failure);
      });
      return response;
    },
    (error) => {
      aside(() => call.attemptFailed({ errorType: causeOf(error) }));
      throw error;
    },
  );
}

/** Of a request that got no answer: the system's code where there is one, `fetch` says no more than that it failed. */
function causeOf(error: unknown): string {
  const { name, cause } = (error ?? {}) as { name?: unknown; cause?: { code?: unknown } };
  if (typeof cause?.code === 'string') return cause.code;
  return typeof name === 'string' ? name : typeof error;
}

/** What an answer that is an error says about the attempt; undefined if it is none. */
function failedResponse(response: unknown): FailedAttempt | undefined {
  const { ok, status, headers } = (response ?? {}) as { ok?: unknown; status?: unknown; headers?: unknown };
  if (ok !== false || typeof status !== 'number') return undefined;
  return { statusCode: status, errorType: String(status), retryAfterS: retryAfterS(headers) };
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date. */
function retryAfterS(headers: unknown): number | undefined {
  if (!(headers instanceof Headers)) return undefined;
  const ms = headers.get('retry-after-ms');
  if (ms !== null) return positive(Number(ms) / 1000);
  const after = headers.get('retry-after');
  if (after === null) return undefined;
  return positive(/^\d/.test(after) ? Number.parseFloat(after) : (Date.parse(after) - wallClock()) / 1000);
}

function positive(value: number): number | undefined {
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
