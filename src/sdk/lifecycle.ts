import { caught } from '../core/diag.ts';

/** What the lifecycle drives. */
export interface Lifetime {
  /** Exports everything; resolves when done, never rejects. */
  flush(): Promise<void>;
  /** Writes what can be written at once. */
  flushSync(): void;
  /** Passes on, once, the spans that will never end now. */
  passUnfinished(): void;
  /** An error that nobody caught; the app may survive it. */
  onUncaught(error: unknown): void;
  /** The process is ending with this code; the last chance to say something. */
  onExit(code: number): void;
  /** Nothing is queued or in flight. */
  isIdle(): boolean;
  /** No more retries: the process is about to end. */
  readonly patience: { end(): void; restore(): void };
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

  const finalFlush = async () => {
    isFlushing = true;
    lifetime.patience.end();
    const isInTime = await withDeadline(lifetime.flush(), timeoutMs);
    lifetime.patience.restore();
    isFlushing = false;
    hasGivenUp = !isInTime;
  };

  process.on('beforeExit', () => {
    if (isFlushing || hasGivenUp || lifetime.isIdle()) return;
    finalFlush().catch((error) => caught('the last flush', error));
  });
  const lastWrite = () => {
    lifetime.passUnfinished();
    lifetime.flushSync();
  };
  process.on('exit', (code) => {
    lastWrite();
    lifetime.onExit(code);
  });
  process.on('uncaughtExceptionMonitor', (error) => {
    lifetime.onUncaught(error);
    lifetime.flushSync();
  });

  for (const signal of SIGNALS) {
    const onSignal = () => {
      const isAlone = process.listenerCount(signal) === 1;
      lifetime.flushSync();
      const isSecond = isFlushing;
      const done = isSecond ? Promise.resolve() : finalFlush();
      done
        .catch((error) => caught('the last flush', error))
        .then(() => {
          if (!isAlone) return;
          process.removeListener(signal, onSignal);
          lastWrite();
          process.kill(process.pid, signal);
        });
    };
    process.on(signal, onSignal);
  }
}

/** Whether the work was done in time. Its timer keeps the process alive, and so bounds how long it lives. */
export async function withDeadline(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    return await Promise.race([work.then(() => true), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
