import { aside } from '../aside.ts';
import type { CallLease } from '../genai-call.ts';
import { readFinish, readResponse, recordOutput } from './answer.ts';
import { fieldOf, isFields, textOf } from './fields.ts';

/** Chunks that come before the model has said anything. */
const BEFORE: ReadonlySet<unknown> = new Set(['stream-start', 'response-metadata']);
const READERS = ['getReader', 'pipeThrough', 'pipeTo', 'tee', 'values'] as const;

/**
 * Looks at each chunk of a model's answer on its way to the SDK. The stream stays the same object; whoever reads it
 * reads through us, chunk by chunk, and nothing is read that is not asked for.
 */
export function followStream(stream: ReadableStream, held: CallLease, recordOutputs: boolean): void {
  const getReader = stream.getReader.bind(stream);
  let followed: ReadableStream | undefined;
  const follow = (): ReadableStream => {
    followed ??= through(getReader(), held, recordOutputs);
    return followed;
  };
  for (const name of READERS) {
    define(stream, name, (...args: unknown[]) => {
      // Locked by somebody who got hold of the stream before: as it is, it says so itself.
      const source = followed === undefined && stream.locked ? ReadableStream.prototype : follow();
      return Reflect.apply(source[name], source === ReadableStream.prototype ? stream : source, args);
    });
  }
  define(stream, Symbol.asyncIterator, (options?: object) => stream.values(options));
}

function through(
  reader: ReadableStreamDefaultReader,
  held: CallLease,
  recordOutputs: boolean,
): ReadableStream {
  const text: { type: string; text: string }[] = [];
  const end = (): void => {
    if (recordOutputs) recordOutput(held.call, text);
    held.call.end();
  };
  return new ReadableStream(
    {
      async pull(controller) {
        let result: Awaited<ReturnType<typeof reader.read>>;
        try {
          result = await reader.read();
        } catch (error) {
          aside(() => held.call.fail(error));
          throw error;
        }
        aside(() => (result.done ? end() : look(held, result.value, text)));
        if (result.done) controller.close();
        else controller.enqueue(result.value);
      },
      cancel(reason) {
        aside(end);
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

function look({ call }: CallLease, chunk: unknown, parts: { type: string; text: string }[]): void {
  if (!isFields(chunk)) return;
  if (!BEFORE.has(chunk.type)) call.chunk();
  switch (chunk.type) {
    case 'response-metadata':
      readResponse(call, chunk);
      break;
    case 'finish':
      readFinish(call, chunk);
      break;
    case 'error':
      call.fail(chunk.error);
      break;
    case 'text-delta':
    case 'reasoning-delta':
      gather(parts, chunk.type === 'text-delta' ? 'text' : 'reasoning', textOf(chunk, 'delta') ?? '');
      break;
    case 'tool-call':
      parts.push(chunk as never);
      break;
  }
}

const LONGEST = 65_536;

function gather(parts: { type: string; text: string }[], type: string, delta: string): void {
  const last = parts.at(-1);
  if (last?.type !== type) parts.push({ type, text: delta });
  else if (last.text.length < LONGEST) last.text += delta;
}

export function streamOf(result: unknown): ReadableStream | undefined {
  const stream = fieldOf(result, 'stream');
  return stream instanceof ReadableStream ? stream : undefined;
}

function define(target: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}
