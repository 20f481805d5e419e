import { followIterator } from './follow-iterator.ts';
import type { CallLease } from './genai-call.ts';
import type { AnswerReader } from './stainless-client.ts';

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

/** Looks at each chunk on its way to the app; the stream stays the same object. */
export function observeStream(stream: ClientStream, held: CallLease, read: AnswerReader): void {
  const iterate = stream.iterator;
  let isTaken = false;
  stream.iterator = function iterator(this: unknown) {
    const source = iterate.call(this);
    // A second reading fails in the client; it must not end the call of the first.
    if (isTaken) return source;
    isTaken = true;
    return followIterator(source, held, {
      onChunk: (_, chunk) => read(chunk),
      // The client ends an aborted stream as if it were complete.
      isCut: () =>
        stream.controller?.signal?.aborted === true &&
        !held.call.completion.finishReasons.some((reason) => reason !== undefined),
    });
  };
}
