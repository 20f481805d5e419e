import { extname } from 'node:path';
import type { TokenUsage } from '../core/genai/usage.ts';
import { loadSync } from '../core/load-sync.ts';
import type { CallPlan } from './traced-call.ts';

/** Any function or method of the app's. */
// biome-ignore lint/suspicious/noExplicitAny: the types of the app's own function pass through
export type AnyFunction = (this: any, ...args: any[]) => any;

/** A standard (TC39) decorator of a method. */
export type MethodDecorator = <F extends AnyFunction>(method: F, context: ClassMethodDecoratorContext) => F;

/** Which model a function calls. */
export interface LlmCallOptions<Answer = unknown> {
  /** As in the conventions: `openai`, `anthropic`, `aws.bedrock`, …. */
  readonly provider: string;
  readonly model: string;
  /** Default `chat`. */
  readonly operation?: 'chat' | 'text_completion' | 'generate_content' | 'embeddings';
  /** Reads from the answer, or from each chunk of one, what it says about itself. What it throws costs a fact. */
  readonly describe?: (answer: Answer) => LlmAnswer | undefined;
}

/** What an answer says about itself; what is not known is absent. */
export interface LlmAnswer {
  readonly id?: string;
  readonly model?: string;
  readonly finishReasons?: readonly string[];
  readonly usage?: TokenUsage;
}

/**
 * Makes each call of a function the span of an agent (`invoke_agent name`), with the sums of the model calls below.
 *
 * The function stays what it was: `this`, arguments, return value (promises, async iterators) and throws are its own.
 * The span ends when what it returned does. Costs nothing measurable while nothing records. Never throws.
 * @example
 * const support = traceAgent('support', async (question: string) => answer(question));
 * @example
 * class Support {
 *   @traceAgent('support')
 *   async answer(question: string) {}
 * }
 */
export function traceAgent<F extends AnyFunction>(name: string, fn: F): F;
export function traceAgent(name: string): MethodDecorator;
export function traceAgent(name: string, fn?: AnyFunction): AnyFunction | MethodDecorator {
  return traced({ operation: 'invoke_agent', name }, fn);
}

/**
 * Makes each call of a function the span of a tool (`execute_tool name`). Its arguments and result are recorded only
 * where `AGENTLOG_GENAI_CONTENT` has `tools`. As transparent as {@link traceAgent}.
 * @example
 * const findOrder = traceTool('find_order', async (id: string) => orders.get(id));
 */
export function traceTool<F extends AnyFunction>(name: string, fn: F): F;
export function traceTool(name: string): MethodDecorator;
export function traceTool(name: string, fn?: AnyFunction): AnyFunction | MethodDecorator {
  return traced({ operation: 'execute_tool', name }, fn);
}

/**
 * Makes each call of a function the span of a model call (`chat model`), for clients that no instrumentation knows.
 * With `describe` it has tokens and so a cost. As transparent as {@link traceAgent}.
 * @example
 * const ask = traceLlm(
 *   { provider: 'openai', model: 'gpt-5-mini', describe: (answer: Answer) => ({ usage: answer.usage }) },
 *   (prompt: string) => myClient.ask(prompt),
 * );
 */
export function traceLlm<F extends AnyFunction>(options: LlmCallOptions<Awaited<ReturnType<F>>>, fn: F): F;
// biome-ignore lint/suspicious/noExplicitAny: the answer of a method that the decorator has not seen yet
export function traceLlm(options: LlmCallOptions<any>): MethodDecorator;
export function traceLlm(options: LlmCallOptions<never>, fn?: AnyFunction): AnyFunction | MethodDecorator {
  const { operation = 'chat', model, provider, describe } = options;
  return traced({ operation, name: model, provider, describe: describe as CallPlan['describe'] }, fn);
}

function traced(plan: CallPlan, fn: AnyFunction | undefined): AnyFunction | MethodDecorator {
  if (fn !== undefined) return wrap(plan, fn);
  return <F extends AnyFunction>(method: F): F => wrap(plan, method);
}

type Traced = typeof import('./traced-call.ts');

/** A proxy, so that name, length, properties and `new` are the function's own. */
function wrap<F extends AnyFunction>(plan: CallPlan, fn: F): F {
  try {
    const { runTraced } = loadSync<Traced>(
      new URL(`./traced-call${extname(import.meta.url)}`, import.meta.url).href,
    );
    return new Proxy(fn, { apply: (target, self, args) => runTraced(plan, target, self, args) });
  } catch {
    // Not a function, or a package that was taken apart: the app finds what it gave.
    return fn;
  }
}
