import { aside } from '../aside.ts';
import type { CallLease } from '../genai-call.ts';
import type { AnswerReader } from './answer.ts';

/** The client's `Stream`, as far as it matters: everything it offers reads through `iterator`. */
export interface ClientStream {
  iterator: () => AsyncIterator<unknown>;
  readonly controller?: { readonly signal?: AbortSignal };
}

export function isClientStream(data: unknown): data is ClientStream {
  return (
    typeof data === 'object' && data !== null && 'iterator' in data && typeof data.iterator === 'function'
  );
}

/**
 * Looks at each chunk on its way to the app. The stream stays the same object, each `next` is passed on as it
 * is, and nothing is read that the app does not read.
 */
export function observeStream(stream: ClientStream, held: CallLease, read: AnswerReader): void {
  const iterate = stream.iterator;
  let isTaken = false;
  stream.iterator = function iterator(this: unknown) {
    const source = iterate.call(this);
    // A second reading fails in the client; it must not end the call of the first.
    if (isTaken) return source;
    isTaken = true;
    return observed(source, stream, held, read);
  };
}

/** Has `Symbol.asyncIterator` and what else the platform gives to every async iterator. */
const AsyncIteratorPrototype: object = Object.getPrototypeOf(
  Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})())),
);

function observed(
  source: AsyncIterator<unknown>,
  stream: ClientStream,
  held: CallLease,
  read: AnswerReader,
): AsyncIterator<unknown> {
  const { call } = held;

  function take(result: IteratorResult<unknown>): IteratorResult<unknown> {
    aside(() => {
      if (result.done) {
        // The client ends an aborted stream as if it were complete.
        const isCut =
          stream.controller?.signal?.aborted === true && !call.completion.finishReasons.some(Boolean);
        if (isCut) held.call.abort();
        else held.call.end();
      } else {
        call.chunk();
        read(call.completion, result.value);
      }
    });
    return result;
  }

  function fail(error: unknown): never {
    aside(() => held.call.fail(error));
    throw error;
  }

  const iterator: AsyncIterator<unknown> = Object.create(AsyncIteratorPrototype);
  iterator.next = (...args) => source.next(...args).then(take, fail);
  // The app stops early: an end like any other. The client then aborts the request.
  iterator.return = (value) => {
    aside(() => held.call.end());
    return source.return?.(value) ?? Promise.resolve({ done: true, value });
  };
  iterator.throw = (error) => {
    aside(() => held.call.fail(error));
    return source.throw?.(error) ?? Promise.reject(error);
  };
  return iterator;
}
