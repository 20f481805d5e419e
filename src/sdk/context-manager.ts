import { type Context, context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

const contextOf = new WeakMap<object, Context>();

/**
 * Upstream's context manager that also remembers where an error was thrown: by the time an error nobody caught
 * is reported, a synchronous throw has already left every `context.with`. Costs nothing unless something throws.
 */
export class ThrowAwareContextManager extends AsyncLocalStorageContextManager {
  override with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    try {
      return super.with(active, fn, thisArg, ...args);
    } catch (error) {
      if (typeof error === 'object' && error !== null && !contextOf.has(error)) contextOf.set(error, active);
      throw error;
    }
  }
}

/** The innermost context an error was thrown in; for a rejection or a throw in a callback the active one. */
export function contextOfError(error: unknown): Context {
  const thrownIn = typeof error === 'object' && error !== null ? contextOf.get(error) : undefined;
  return thrownIn ?? context.active();
}
