import { context, type Tracer } from '@opentelemetry/api';
import {
  GEN_AI_INPUT_MESSAGES,
  GEN_AI_OUTPUT_MESSAGES,
  GEN_AI_REQUEST_STREAM,
  GEN_AI_TOOL_DEFINITIONS,
} from '../../src/core/attributes.ts';
import { aside } from '../aside.ts';
import { followIterator } from '../follow-iterator.ts';
import { type GenAiCall, lease, startGenAiCall } from '../genai-call.ts';
import { readChunk, readResult } from './answer.ts';
import { messagesOf } from './messages.ts';
import { type Model, requestAttributes } from './request.ts';
import { follow, iterateIn, type Method, type Wrapping } from './wrapping.ts';

/** `_generateUncached(messages, callOptions, config)`: what is asked of the provider, whole. */
export const generating: Wrapping = (original, tracer) =>
  function generate(this: unknown, ...args) {
    const call = start(tracer, this as Model, args[1], args[0]);
    if (call === undefined) return original.apply(this, args);
    return follow(
      call,
      call.context,
      () => original.apply(this, args),
      (result) => {
        const outputs = readResult(call, result);
        call.content('completions', GEN_AI_OUTPUT_MESSAGES, () => messagesOf(outputs));
      },
    );
  };

/** `_streamIterator(input, options)`: a model that cannot stream asks for the whole there. */
export const streaming: Wrapping = (original, tracer) =>
  function stream(this: unknown, ...args) {
    const model = this as Model;
    const source = original.apply(this, args) as AsyncIterator<unknown>;
    if (!canStream(model)) return source;
    const call = start(tracer, model, args[1], args[0]);
    if (call === undefined) return source;
    call.span.setAttribute(GEN_AI_REQUEST_STREAM, true);
    let output: unknown;
    call.beforeEnd = () =>
      call.content('completions', GEN_AI_OUTPUT_MESSAGES, () =>
        output === undefined ? undefined : messagesOf([output]),
      );
    return followIterator(iterateIn(source, call.context), lease(call), {
      onChunk(_, chunk) {
        readChunk(call, chunk);
        call.content('completions', GEN_AI_OUTPUT_MESSAGES, () => {
          output =
            output === undefined ? chunk : (output as { concat(more: unknown): unknown }).concat(chunk);
          return undefined;
        });
        return undefined;
      },
    });
  };

function start(tracer: () => Tracer, model: Model, options: unknown, input: unknown): GenAiCall | undefined {
  let call: GenAiCall | undefined;
  aside(() => {
    keepContext(model.caller);
    const { operation, attributes } = requestAttributes(model, options);
    call = startGenAiCall(tracer(), { operation, attributes });
    call.content('prompts', GEN_AI_INPUT_MESSAGES, () => messagesOf(input));
    call.content('tools', GEN_AI_TOOL_DEFINITIONS, () => (options as { tools?: unknown } | undefined)?.tools);
  });
  return call;
}

function canStream(model: Model): boolean {
  if (model.disableStreaming === true) return false;
  // The base class has one that says it is not implemented.
  let owner: object | null = model;
  while (owner !== null && !Object.hasOwn(owner, '_streamResponseChunks'))
    owner = Object.getPrototypeOf(owner);
  return owner !== null && !Object.hasOwn(owner, '_generateUncached');
}

const patched = new WeakSet<object>();

/** A request that waits for its turn runs in the context of the one before it; it belongs to where it was made. */
function keepContext(caller: unknown): void {
  if (typeof caller !== 'object' || caller === null) return;
  const prototype = Object.getPrototypeOf(caller) as { call?: Method };
  const original = prototype.call;
  if (patched.has(prototype) || typeof original !== 'function') return;
  patched.add(prototype);
  prototype.call = function call(this: unknown, work, ...args) {
    const bound = typeof work === 'function' ? context.bind(context.active(), work as Method) : work;
    return original.call(this, bound, ...args);
  };
}
