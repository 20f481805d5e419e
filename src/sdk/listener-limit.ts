import { EventEmitter } from 'node:events';

/**
 * Lets our listener on each event of the process not count against the app's limit, above which Node warns of a leak:
 * the limit is one more than the app set, or than the default is at the time. 0 is none.
 */
export function raiseListenerLimit(): void {
  const limits = process as unknown as { _maxListeners?: number | undefined };
  let given = limits._maxListeners;
  Object.defineProperty(limits, '_maxListeners', {
    configurable: true,
    enumerable: true,
    get: () => {
      const limit = given ?? EventEmitter.defaultMaxListeners;
      return limit === 0 ? 0 : limit + 1;
    },
    set: (limit: number | undefined) => {
      given = limit;
    },
  });
}
