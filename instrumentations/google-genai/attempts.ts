import { aside } from '../aside.ts';
import { activeGenAiCall, type GenAiCall } from '../genai-call.ts';
import { watchAttempt } from '../genai-failure.ts';
import type { ApiClient } from './request.ts';

type Fetch = (this: unknown, ...args: unknown[]) => Promise<unknown>;
type ApiCall = (this: unknown, ...args: unknown[]) => unknown;

/** `apiCall(url, init, retry, timeout, signal, fetch)` since 2.9; before that without a `fetch`, and without retries. */
const FETCH_ARGUMENT = 5;

const patched = new WeakSet<object>();

/**
 * Lets a call see each attempt: the class of the client is not exported, so it is patched when its first object is
 * seen. The client retries around one function that it may be given: the `fetch`.
 */
export function callingApi(client: ApiClient): void {
  const prototype: object | null = Object.getPrototypeOf(client);
  if (prototype === null || patched.has(prototype)) return;
  patched.add(prototype);
  const { apiCall } = prototype as { apiCall?: unknown };
  if (typeof apiCall !== 'function' || apiCall.length <= FETCH_ARGUMENT) return;
  const original = apiCall as ApiCall;
  (prototype as { apiCall: ApiCall }).apiCall = function apiCall(this: unknown, ...args) {
    const call = activeGenAiCall();
    if (call === undefined) return original.apply(this, args);
    const given = [...args];
    given.length = Math.max(given.length, FETCH_ARGUMENT + 1);
    given[FETCH_ARGUMENT] = attempting(call, args[FETCH_ARGUMENT] as Fetch | undefined);
    return original.apply(this, given);
  };
}

function attempting(call: GenAiCall, given: Fetch | null | undefined): Fetch {
  return function fetch(this: unknown, ...args) {
    aside(() => call.attempt());
    const send = (given ?? globalThis.fetch) as Fetch;
    return watchAttempt(call, send.apply(this, args));
  };
}
