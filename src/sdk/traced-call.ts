import { type Attributes, SpanKind, trace } from '@opentelemetry/api';
import { aside } from '../../instrumentations/aside.ts';
import { type GenAiCall, startGenAiCall } from '../../instrumentations/genai-call.ts';
import {
  GEN_AI_AGENT_NAME,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_TOOL_ARGUMENTS_HASH,
  GEN_AI_TOOL_CALL_ARGUMENTS,
  GEN_AI_TOOL_CALL_RESULT,
  GEN_AI_TOOL_NAME,
} from '../core/attributes.ts';
import { argumentsHash } from '../core/genai/arguments-hash.ts';
import { toolVersion } from '../core/tool-version.ts';
import type { AnyFunction, LlmAnswer } from './trace-functions.ts';

/** What the span of a traced function is called, and what is read from what it returns. */
export interface CallPlan {
  readonly operation: string;
  /** Of the agent, the tool or the model. */
  readonly name: string;
  readonly provider?: string;
  readonly describe?: ((answer: unknown) => LlmAnswer | undefined) | undefined;
}

const VERSION = toolVersion();

/** Calls the function inside its span and gives back what it gave. Throws what it throws and nothing else. */
export function runTraced(plan: CallPlan, fn: AnyFunction, self: unknown, args: unknown[]): unknown {
  let call: GenAiCall | undefined;
  aside(() => {
    call = start(plan, args);
  });
  if (call?.span.isRecording() !== true) return Reflect.apply(fn, self, args);
  const running = call;
  const result = running.run(() => Reflect.apply(fn, self, args) as unknown);
  return follow(result, running, plan);
}

function start(plan: CallPlan, args: readonly unknown[]): GenAiCall {
  const { operation, name, provider } = plan;
  const isModel = provider !== undefined;
  const tracer = trace.getTracer('@agentlog/otel/traced', VERSION);
  const call = startGenAiCall(tracer, {
    operation,
    name: `${operation} ${name}`,
    kind: isModel ? SpanKind.CLIENT : SpanKind.INTERNAL,
    attributes: isModel
      ? { [GEN_AI_PROVIDER_NAME]: provider, [GEN_AI_REQUEST_MODEL]: name }
      : { [operation === 'execute_tool' ? GEN_AI_TOOL_NAME : GEN_AI_AGENT_NAME]: name },
  });
  if (operation === 'execute_tool' && call.span.isRecording()) {
    const given = args.length === 1 ? args[0] : args;
    const hash = argumentsHash(given);
    if (hash !== undefined)
      call.span.setAttributes({ [GEN_AI_TOOL_ARGUMENTS_HASH]: hash } satisfies Attributes);
    call.content('tools', GEN_AI_TOOL_CALL_ARGUMENTS, () => given);
  }
  return call;
}

/** Ends the call when what it returned does; what goes to the app is that, or the next step of its promise. */
function follow(result: unknown, call: GenAiCall, plan: CallPlan): unknown {
  if (result instanceof Promise) return followPromise(result, call, plan);
  let isFollowed = false;
  aside(() => {
    isFollowed = followIterator(result, call, plan);
  });
  if (!isFollowed) finish(result, call, plan);
  return result;
}

function followPromise(promise: Promise<unknown>, call: GenAiCall, plan: CallPlan): Promise<unknown> {
  const done = (value: unknown): unknown => follow(value, call, plan);
  const failed = (error: unknown): void => aside(() => call.fail(error));
  // A branch of its own would handle, or raise, a rejection that is the app's: so a step is put into the chain.
  if (promise.constructor === Promise) {
    return promise.then(done, (error) => {
      failed(error);
      throw error;
    });
  }
  // A client's own kind of promise stays the same object: it may have more to it, and may begin only when awaited.
  const { then } = promise;
  const step = (onDone?: unknown, onFailed?: unknown): unknown =>
    Reflect.apply(then, promise, [
      (value: unknown) => {
        const seen = done(value);
        return typeof onDone === 'function' ? onDone(seen) : seen;
      },
      (error: unknown) => {
        failed(error);
        if (typeof onFailed === 'function') return onFailed(error);
        throw error;
      },
    ]);
  aside(() => Object.defineProperty(promise, 'then', { value: step, configurable: true, writable: true }));
  return promise;
}

type Step = (...args: unknown[]) => unknown;

/** Whether what was returned is read step by step, and the call ends with the last. The object stays the same. */
function followIterator(result: unknown, call: GenAiCall, plan: CallPlan): boolean {
  if (typeof result !== 'object' || result === null || !Object.isExtensible(result)) return false;
  const object = result as Record<PropertyKey, unknown>;
  const isIterator = typeof object.next === 'function';
  const isAsync = typeof object[Symbol.asyncIterator] === 'function';
  if (isIterator && (isAsync || typeof object[Symbol.iterator] === 'function')) {
    followSteps(object, call, plan);
    return true;
  }
  if (!isAsync) return false;
  const iterate = object[Symbol.asyncIterator] as Step;
  override(object, Symbol.asyncIterator, function (this: unknown, ...args: unknown[]) {
    const iterator = Reflect.apply(iterate, this, args) as Record<PropertyKey, unknown>;
    aside(() => followSteps(iterator, call, plan));
    return iterator;
  });
  return true;
}

function followSteps(iterator: Record<PropertyKey, unknown>, call: GenAiCall, plan: CallPlan): void {
  for (const name of ['next', 'return', 'throw']) {
    const step = iterator[name];
    if (typeof step !== 'function') continue;
    override(iterator, name, (...args: unknown[]) => {
      const result = call.run(() => Reflect.apply(step, iterator, args) as unknown);
      const look = (each: unknown): unknown => {
        aside(() => {
          const { done, value } = each as IteratorResult<unknown>;
          if (done === true || name === 'return')
            finish(value, call, plan, done === true && value !== undefined);
          else {
            call.chunk();
            describe(value, call, plan);
          }
        });
        return each;
      };
      if (!(result instanceof Promise)) return look(result);
      return result.then(look, (error) => {
        aside(() => call.fail(error));
        throw error;
      });
    });
  }
}

function finish(result: unknown, call: GenAiCall, plan: CallPlan, isWhole = true): void {
  aside(() => {
    if (isWhole) {
      describe(result, call, plan);
      if (plan.operation === 'execute_tool') call.content('tools', GEN_AI_TOOL_CALL_RESULT, () => result);
    }
  });
  aside(() => call.end());
}

function describe(answer: unknown, { completion }: GenAiCall, plan: CallPlan): void {
  if (plan.describe === undefined || answer === undefined) return;
  aside(() => {
    const said = plan.describe?.(answer);
    if (said?.id !== undefined) completion.id = said.id;
    if (said?.model !== undefined) completion.model = said.model;
    if (said?.usage !== undefined) completion.usage = said.usage;
    if (said?.finishReasons !== undefined) completion.finishReasons = [...said.finishReasons];
  });
}

function override(target: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}
