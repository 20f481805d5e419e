import { context } from '@opentelemetry/api';
import { aside } from './aside.ts';
import type { CallLease } from './genai-call.ts';
import type { AnswerReader } from './stainless-client.ts';
import { isClientStream, observeStream } from './stainless-stream.ts';

/** The client's `APIPromise`, as far as it matters, the same in openai 4 to 7 and in Anthropic's. */
export interface ApiPromise extends Promise<unknown> {
  parseResponse: (...args: unknown[]) => unknown;
  asResponse: () => Promise<unknown>;
  _thenUnwrap: (transform: unknown) => unknown;
}

export function isApiPromise(value: unknown): value is ApiPromise {
  if (!(value instanceof Promise)) return false;
  const promise = value as Partial<ApiPromise>;
  return typeof promise.parseResponse === 'function' && typeof promise._thenUnwrap === 'function';
}

/**
 * Lets the call see the answer when, and only when, the app reads it.
 *
 * The promise stays the same object: it sends its request once, parses when asked, and a rejection nobody
 * handles is still unhandled, because each step is replaced in the chain and nothing branches off it.
 */
export function observePromise(promise: ApiPromise, held: CallLease, read: AnswerReader): void {
  const { parseResponse, asResponse, _thenUnwrap } = promise;

  override(promise, 'parseResponse', function (this: unknown, ...args: unknown[]) {
    held.call.isReading = true;
    // A client may send again while it reads the body.
    const parsed = context.with(held.call.context, () => parseResponse.apply(this, args));
    return Promise.resolve(parsed).then(
      (data) => {
        aside(() => receive(data, held, read));
        return data;
      },
      (error) => {
        aside(() => held.call.fail(error));
        throw error;
      },
    );
  });
  override(promise, 'asResponse', function (this: unknown) {
    if (!held.call.isReading) held.call.isRaw = true;
    return asResponse.call(promise).then((response) => {
      // The body is the app's; ours to know is only that the answer came.
      aside(() => {
        if (!held.call.isReading) held.call.end();
      });
      return response;
    });
  });
  // `parse` of the client, and its streaming helpers, go on from here to a promise of their own.
  override(promise, '_thenUnwrap', function (this: unknown, transform: unknown) {
    const next = _thenUnwrap.call(promise, transform);
    aside(() => {
      if (isApiPromise(next)) observePromise(next, held, read);
    });
    return next;
  });
}

function receive(data: unknown, held: CallLease, read: AnswerReader): void {
  const { call } = held;
  if (call.isEnded) return;
  if (isClientStream(data)) {
    observeStream(data, held, read);
    return;
  }
  read(data);
  call.end();
}

function override(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}
