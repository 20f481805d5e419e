/**
 * `src/core/natives.ts` for a test with fake timers: what the global object has now, not what it had at first.
 * `vi.mock('…/src/core/natives.ts', () => import('…/late-natives.ts'))`
 */
const late =
  <A extends unknown[], R>(find: () => (...args: A) => R) =>
  (...args: A): R =>
    find()(...args);

export const setTimeout: typeof globalThis.setTimeout = late(
  () => globalThis.setTimeout,
) as typeof globalThis.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout = late(() => globalThis.clearTimeout);
export const setImmediate: typeof globalThis.setImmediate = late(
  () => globalThis.setImmediate,
) as typeof globalThis.setImmediate;
export const queueMicrotask: typeof globalThis.queueMicrotask = late(() => globalThis.queueMicrotask);
export const clock: () => number = () => performance.now();
export const wallClock: () => number = () => Date.now();
export const NativeDate: typeof Date = Date;
export const kill: typeof process.kill = process.kill.bind(process);
