/**
 * What we take from the global object, as it was when we were loaded: before the app. Test libraries put fake timers
 * and clocks in its place, and others wrap it; ours would be counted, run early or never, and what a fake one throws
 * would end the app.
 */

export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout;
export const setImmediate: typeof globalThis.setImmediate = globalThis.setImmediate;
export const queueMicrotask: typeof globalThis.queueMicrotask = globalThis.queueMicrotask;

/** Milliseconds of a clock that never jumps. */
export const clock: () => number = performance.now.bind(performance);
/** Milliseconds since the epoch, by a clock that may jump. */
export const wallClock: () => number = Date.now;
/** What the clock says can be written as a date, whatever `Date` is by now. */
export const NativeDate: typeof Date = Date;
/** Raises a signal. */
export const kill: typeof process.kill = process.kill.bind(process);
