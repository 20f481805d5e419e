import type { Crash } from '../../processors/unfinished.ts';
import { withDeadline } from '../core/deadline.ts';
import { caught } from '../core/diag.ts';
import { kill, setImmediate } from '../core/natives.ts';
import { atEndOfWork } from './end-of-work.ts';
import { raiseListenerLimit } from './listener-limit.ts';

/** What the lifecycle drives. */
export interface Lifetime {
  /** Exports everything; resolves when done, never rejects. */
  flush(): Promise<void>;
  /** Writes what can be written at once. */
  flushSync(): void;
  /** Passes on, once, the spans that will never end now. */
  passUnfinished(crash?: Crash): void;
  /** An error that nobody caught; the app may survive it. */
  onUncaught(error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void;
  /** The error that the process is dying of. */
  crash(): Crash | undefined;
  /** The process is ending with this code; the last chance to say something. */
  onExit(code: number): void;
  /** Nothing is queued or in flight. */
  isIdle(): boolean;
  /** `end`: no more retries, the process is about to end; `abandon`: nor may a request hold it open. */
  readonly patience: { end(): void; abandon(): void; restore(): void };
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Sees to it that telemetry gets out however the process ends, without changing how it ends.
 *
 * - end of work (`beforeExit`): flush, at most `timeoutMs`;
 * - SIGTERM, SIGINT: flush, then raise the signal again if nobody else listens, so the exit code stays 143 or
 *   130; a second signal does not wait;
 * - an uncaught error, `process.exit`: what can be written synchronously is;
 * - spans that have not ended are written in `exit` or before a signal is raised again, marked as unfinished: not
 *   at an uncaught error, because an app with its own listener lives on.
 * No `unhandledRejection` listener: it would turn exit code 1 into 0 (FACTS §3).
 */
export function installLifecycle(lifetime: Lifetime, timeoutMs: number): void {
  let isFlushing = false;
  let hasGivenUp = false;

  /** Whether everything went out in time; then the process may live on as before. */
  const finalFlush = async (): Promise<boolean> => {
    isFlushing = true;
    lifetime.patience.end();
    const isInTime = await withDeadline(lifetime.flush(), timeoutMs);
    isFlushing = false;
    return isInTime;
  };
  const lastWrite = () => {
    guard('passing on unfinished spans', () => lifetime.passUnfinished(lifetime.crash()));
    guard('the last write', () => lifetime.flushSync());
  };

  raiseListenerLimit();
  atEndOfWork(() => {
    if (isFlushing || hasGivenUp || lifetime.isIdle()) return undefined;
    return guarded(async () => {
      const isInTime = await finalFlush();
      // One turn of the event loop: a signal that the app sent itself last ends it, as it does bare.
      await new Promise((resolve) => setImmediate(resolve));
      if (isInTime) return lifetime.patience.restore();
      hasGivenUp = true;
      lifetime.patience.abandon();
    });
  });
  process.on('exit', (code) => {
    lastWrite();
    guard('the crash report', () => lifetime.onExit(code));
  });
  process.on('uncaughtExceptionMonitor', (error, origin) => {
    guard('the crash report', () => lifetime.onUncaught(error, origin));
    guard('the last write', () => lifetime.flushSync());
  });

  for (const signal of SIGNALS) {
    const onSignal = () => {
      const isAlone = othersListening(signal) <= 0;
      guard('the last write', () => lifetime.flushSync());
      const isSecond = isFlushing;
      guarded(async () => {
        if (!isSecond) await guarded(finalFlush);
        if (!isAlone) return lifetime.patience.restore();
        process.removeListener(signal, onSignal);
        lastWrite();
        kill(process.pid, signal);
      });
    };
    // First in line: behind a listener that was added by `once`, ours would no longer see it and believe to be alone.
    process.prependListener(signal, onSignal);
  }
}

/** An error in one of these listeners would change how the process ends. */
function guard(place: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    caught(place, error);
  }
}

/** The same for what takes its time. Waits by `await` alone: an app may have replaced `then`. */
async function guarded(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    caught('the last flush', error);
  }
}

/**
 * How many listeners besides ours decide what the signal does. Not counted are those of `signal-exit`, which is in
 * most dependency trees: it raises the signal again when it is alone, so each would wait for the other for ever.
 */
function othersListening(signal: NodeJS.Signals): number {
  const version4 = (globalThis as Record<symbol, unknown>)[Symbol.for('signal-exit emitter')];
  const version3 = (process as { __signal_exit_emitter__?: unknown }).__signal_exit_emitter__;
  const waiting = [version3, version4].reduce<number>((sum, emitter) => {
    const count = (emitter as { count?: unknown } | undefined)?.count;
    return typeof count === 'number' ? sum + count : sum;
  }, 0);
  return process.listenerCount(signal) - 1 - waiting;
}
