import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_MS = 60_000;
const STOP_MS = 20_000;
const START_TRIES = 3;

/** A server of the tests: started, ready, and stopped surely. */
export interface Program {
  readonly pid: number;
  /** All it has logged. */
  log(): string;
  /** Ends it (SIGTERM flushes first), waits until it has gone, and resolves to its exit code; may be called often. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface Start {
  readonly name: string;
  readonly binary: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 when the program is ready. */
  readonly readyUrl: string;
}

/**
 * Starts a program and resolves when it is ready. `plan` is asked again, for other free ports, when one was taken
 * meanwhile.
 * @throws Error with the end of its log when it ends first or takes too long.
 */
export async function startProgram<P extends Start>(
  plan: () => Promise<P>,
): Promise<{ program: Program; start: P }> {
  for (let attempt = 1; ; attempt++) {
    const start = await plan();
    try {
      return { program: await startOnce(start), start };
    } catch (error) {
      // Between finding a port and using it, someone else may have taken it.
      if (attempt === START_TRIES || !String(error).includes('address already in use')) throw error;
    }
  }
}

async function startOnce({ name, binary, args, cwd, env, readyUrl }: Start): Promise<Program> {
  const child = spawn(binary, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const running = watch(child);
  await untilReady(name, readyUrl, running);
  return { pid: child.pid as number, log: running.log, stop: running.stop };
}

interface Running {
  log(): string;
  hasEnded(): boolean;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

function watch(child: ChildProcess): Running {
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
  }
  const killNow = (): void => {
    child.kill('SIGKILL');
  };
  process.on('exit', killNow);
  let ended = false;
  const closed = once(child, 'close').then(
    ([code]: (number | null)[]) => code ?? null,
    () => null,
  );
  closed.then(() => {
    ended = true;
    process.off('exit', killNow);
  });
  return {
    log: () => log,
    hasEnded: () => ended,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const timer = setTimeout(killNow, STOP_MS);
      const code = await closed;
      clearTimeout(timer);
      return code;
    },
  };
}

async function untilReady(name: string, url: string, running: Running): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const ready = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    if (running.hasEnded() || Date.now() > deadline) {
      await running.stop('SIGKILL');
      throw new Error(
        `${name} ${running.hasEnded() ? 'ended before it was ready' : 'was not ready in time'}:\n${running.log().slice(-4_000)}`,
      );
    }
    await sleep(50);
  }
}
