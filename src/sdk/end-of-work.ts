import { createHook } from 'node:async_hooks';
import { queueMicrotask } from '../core/natives.ts';

/** Kinds that hold no process open by themselves: promises, and what printing for the first time makes. */
const HARMLESS: ReadonlySet<string> = new Set([
  'PROMISE',
  'TICKOBJECT',
  'MICROTASK',
  'PIPEWRAP',
  'TTYWRAP',
  'WRITEWRAP',
  'SIGNALWRAP',
]);
const isHarmless = (kind: string): boolean => HARMLESS.has(kind.toUpperCase());

/**
 * Runs `work` when the app has nothing left to do, as far as possible without the app noticing. `work` must not reject;
 * undefined means that there is nothing to wait for.
 *
 * Node announces the end of work again once ours is done, and a bare app whose listeners began nothing would not hear
 * of it: so they are left out of that second time. Where a listener began something it may have to hear again.
 */
export function atEndOfWork(work: () => Promise<unknown> | undefined): void {
  let leftOut: readonly NodeJS.BeforeExitListener[] = [];

  const listener = (): void => {
    if (leftOut.length > 0) {
      for (const each of leftOut) process.on('beforeExit', each);
      leftOut = [];
      return;
    }
    // One that was put before it may have begun something already.
    const isFirst = process.rawListeners('beforeExit')[0] === listener;
    const hasBegun = watchForWork();
    afterMicrotasks(async () => {
      const isAppDone = !hasBegun() && isFirst;
      const done = work();
      if (done === undefined) return;
      await done;
      if (!isAppDone) return;
      leftOut = others();
      for (const each of leftOut) process.off('beforeExit', each);
    });
  };
  const others = (): NodeJS.BeforeExitListener[] =>
    (process.rawListeners('beforeExit') as NodeJS.BeforeExitListener[]).filter((each) => each !== listener);

  process.prependListener('beforeExit', listener);
}

/** Sees whether something is begun from now on that may hold the process open, until it is asked. */
function watchForWork(): () => boolean {
  let hasBegun = false;
  const countActive = () => process.getActiveResourcesInfo().filter((kind) => !isHarmless(kind)).length;
  const activeBefore = countActive();
  const hook = createHook({
    init(_id, kind) {
      hasBegun ||= !isHarmless(kind);
    },
  }).enable();
  return () => {
    hook.disable();
    return hasBegun || countActive() !== activeBefore;
  };
}

/** Before the event loop is looked at, after all that can run without it. */
function afterMicrotasks(run: () => void): void {
  queueMicrotask(() => process.nextTick(run));
}
