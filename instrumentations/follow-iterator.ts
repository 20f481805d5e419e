import { aside } from './aside.ts';
import type { CallLease, GenAiCall } from './genai-call.ts';

export interface Follower {
  /** Looks at a chunk on its way to the app. `hide`: the app does not see this one. */
  readonly onChunk: (call: GenAiCall, chunk: unknown) => 'hide' | undefined;
  /** What passes is not what a model says: its chunks are not counted. */
  readonly isAround?: boolean;
  /** Whether a stream that ended as if complete was in truth stopped by the app. */
  readonly isCut?: () => boolean;
}

/** Has `Symbol.asyncIterator` and what else the platform gives to every async iterator. */
const AsyncIteratorPrototype: object = Object.getPrototypeOf(
  Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})())),
);

/**
 * The iterator for the app in place of `source`: each `next` is passed on as it is, nothing is read that the app
 * does not read, and the call ends when the iteration does: at its end, by a throw, or because the app stops.
 */
export function followIterator(
  source: AsyncIterator<unknown>,
  held: CallLease,
  { onChunk, isAround, isCut }: Follower,
): AsyncIterator<unknown> {
  function take(result: IteratorResult<unknown>): IteratorResult<unknown> | Promise<IteratorResult<unknown>> {
    let seen: 'hide' | undefined;
    aside(() => {
      if (result.done) {
        if (isCut?.()) held.call.abort();
        else held.call.end();
      } else {
        if (isAround !== true) held.call.chunk();
        seen = onChunk(held.call, result.value);
      }
    });
    return seen === 'hide' ? source.next().then(take, fail) : result;
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
