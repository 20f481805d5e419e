import { type Context, context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setImmediate } from '../core/natives.ts';

const MOST_PARAMETERS = 3;

/** The innermost context that an error has left since the last call of `with` began or returned. */
let leftByThrow: Context | undefined;
let isForgetting = false;

type Callback = (...args: unknown[]) => unknown;

/**
 * Upstream's context manager that also remembers where an error was thrown: by the time an error nobody caught
 * is reported, a synchronous throw has already left every `context.with`. It never catches: Node heads the report of
 * a crash with the line that threw last, which is to be the app's.
 */
export class ThrowAwareContextManager extends AsyncLocalStorageContextManager {
  override with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    leftByThrow = undefined;
    let hasReturned = false;
    try {
      const result = super.with(active, fn, thisArg, ...args);
      leftByThrow = undefined;
      hasReturned = true;
      return result;
    } finally {
      if (!hasReturned) noteThrow(active);
    }
  }

  override bind<T>(active: Context, target: T): T {
    if (typeof target !== 'function' || target.length > MOST_PARAMETERS) return super.bind(active, target);
    return bound(this, active, target as unknown as Callback) as unknown as T;
  }
}

/**
 * A function that calls the target in that context and has as many parameters, because libraries look how many a
 * callback has. Written out: upstream sets `length` afterwards, which takes V8 1 µs a function.
 */
function bound(manager: ThrowAwareContextManager, active: Context, target: Callback): Callback {
  const call = (self: unknown, given: IArguments): unknown =>
    manager.with(active, () => Reflect.apply(target, self, given));
  switch (target.length) {
    case 0:
      return function (this: unknown) {
        // biome-ignore lint/complexity/noArguments: a rest parameter is none that `length` counts, but costs an array
        return call(this, arguments);
      };
    case 1:
      return function (this: unknown, _a: unknown) {
        // biome-ignore lint/complexity/noArguments: as above
        return call(this, arguments);
      };
    case 2:
      return function (this: unknown, _a: unknown, _b: unknown) {
        // biome-ignore lint/complexity/noArguments: as above
        return call(this, arguments);
      };
    default:
      return function (this: unknown, _a: unknown, _b: unknown, _c: unknown) {
        // biome-ignore lint/complexity/noArguments: as above
        return call(this, arguments);
      };
  }
}

/** Until the end of this turn of the event loop: an error that nobody caught is reported before. */
function noteThrow(active: Context): void {
  leftByThrow ??= active;
  if (isForgetting) return;
  isForgetting = true;
  setImmediate(() => {
    leftByThrow = undefined;
    isForgetting = false;
  }).unref();
}

/**
 * The context that an error nobody caught was thrown in. A synchronous throw has just left it. A rejection has one of
 * its own, unless it is the module's that threw while it was loaded.
 */
export function contextOfUncaught(origin: NodeJS.UncaughtExceptionOrigin): Context {
  const active = context.active();
  if (leftByThrow === undefined || origin === 'uncaughtException') return leftByThrow ?? active;
  const traceId = trace.getSpanContext(active)?.traceId;
  return traceId === undefined || traceId === trace.getSpanContext(leftByThrow)?.traceId
    ? leftByThrow
    : active;
}
