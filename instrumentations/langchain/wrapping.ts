import { type Context, context, createContextKey, type Tracer } from '@opentelemetry/api';
import { aside } from '../aside.ts';
import type { GenAiCall } from '../genai-call.ts';

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Makes the wrapper of a method; the tracer is asked for at each call. */
export type Wrapping = (original: Method, tracer: () => Tracer) => Method;

const INSIDE: symbol = createContextKey('agentlog: inside a span of LangChain');

/** Whether a span of ours for LangChain is around: then a sequence is a step, not a workflow. */
export function isInside(): boolean {
  return context.active().getValue(INSIDE) === true;
}

export function inside(inCall: Context): Context {
  return inCall.setValue(INSIDE, true);
}

/** Runs a method that gives a promise, below the call; `done` looks at what comes of it before the call ends. */
export function follow(
  call: GenAiCall,
  inCall: Context,
  work: () => unknown,
  done: (result: unknown) => void,
): unknown {
  const succeed = (result: unknown): unknown => {
    aside(() => {
      done(result);
      call.end();
    });
    return result;
  };
  const fail = (error: unknown): never => {
    aside(() => (isControlFlow(error) ? call.end() : call.fail(error)));
    throw error;
  };
  let result: unknown;
  try {
    result = context.with(inside(inCall), work);
  } catch (error) {
    return fail(error);
  }
  return result instanceof Promise ? result.then(succeed, fail) : succeed(result);
}

/** An iterator whose every step runs below the call, so that what a generator does between two lies there too. */
export function iterateIn(source: AsyncIterator<unknown>, inCall: Context): AsyncIterator<unknown> {
  const within = inside(inCall);
  const stepped: AsyncIterator<unknown> = {
    next: (...args) => context.with(within, () => source.next(...args)),
  };
  if (source.return !== undefined) {
    stepped.return = (value) => context.with(within, () => source.return?.(value)) as never;
  }
  if (source.throw !== undefined) {
    stepped.throw = (error) => context.with(within, () => source.throw?.(error)) as never;
  }
  return stepped;
}

/** LangGraph throws to interrupt a graph and wait for a human. */
function isControlFlow(error: unknown): boolean {
  return (error as { is_bubble_up?: unknown } | null)?.is_bubble_up === true;
}

/** What a runnable is called: by its config, by its author, or by its class. */
export function nameOf(runnable: unknown, config?: unknown): string {
  const { runName } = (config ?? {}) as { runName?: unknown };
  if (typeof runName === 'string' && runName !== '') return runName;
  const { name, constructor: Class } = runnable as { name?: unknown; constructor: { name: string } };
  return typeof name === 'string' && name !== '' ? name : Class.name;
}
