import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AgentlogError } from '../../core/errors.ts';
import { DIRECTORY_MODE, FILE_MODE } from '../../core/layout.ts';
import type { Window } from '../window-options.ts';

interface State {
  readonly version: 1;
  readonly shiftNanos: string;
  /** The window of the run, in nanoseconds as text: an age would be of another instant when the run goes on. */
  readonly since?: string;
  readonly until?: string;
  /** Records of each part that were confirmed, in its order. */
  readonly done: Readonly<Record<string, number>>;
}

/**
 * How far a run has come, in a file below `$XDG_STATE_HOME` or `~/.local/state`, so that the same command goes on after an
 * interruption, also with a store that cannot be written to. It is replaced whole after each confirmed request and
 * removed when all is sent.
 */
export class Progress {
  /** Nanoseconds by which times are moved; the same for the whole run. */
  shift = 0n;
  /** Records confirmed, those of an interrupted run included. */
  count = 0;
  readonly #path: string;
  readonly #earlier: State | undefined;
  /** The window of the whole run. */
  readonly window: Window;
  readonly #done = new Map<string, number>();

  private constructor(path: string, earlier: State | undefined, window: Window) {
    this.#path = path;
    this.#earlier = earlier;
    this.window = earlier === undefined ? window : windowOf(earlier);
  }

  /** @throws AgentlogError STORE_UNREADABLE when what lies there is no such file. */
  static async open(
    store: string,
    runKey: readonly string[],
    restart: boolean,
    env: NodeJS.ProcessEnv,
    window: Window,
  ): Promise<Progress> {
    const hash = createHash('sha256')
      .update(JSON.stringify([resolve(store), ...runKey]))
      .digest('hex');
    const folder = join(
      env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'),
      'agentlog-otel',
    );
    const path = join(folder, `replay-${hash.slice(0, 12)}.state`);
    if (restart) await rm(path, { force: true });
    return new Progress(path, await readState(path), window);
  }

  /**
   * Begins, or goes on, with the parts of the store as they are now.
   * @throws AgentlogError STORE_BUSY when parts that were sent are no longer there as they were.
   */
  begin(parts: readonly string[], shift: bigint): void {
    this.shift = this.#earlier === undefined ? shift : BigInt(this.#earlier.shiftNanos);
    for (const [part, count] of Object.entries(this.#earlier?.done ?? {})) {
      if (!parts.includes(part)) {
        throw new AgentlogError(
          'STORE_BUSY',
          'The store was compacted or pruned since this run was interrupted, so it cannot tell what was sent. ' +
            'Add --restart to send everything, what was sent already included.',
        );
      }
      this.#done.set(part, count);
      this.count += count;
    }
  }

  doneOf(part: string): number {
    return this.#done.get(part) ?? 0;
  }

  /** @throws AgentlogError OUTPUT_FAILED when the place cannot be written down. */
  async add(part: string, count: number): Promise<void> {
    this.#done.set(part, this.doneOf(part) + count);
    this.count += count;
    const state: State = {
      version: 1,
      shiftNanos: String(this.shift),
      ...(this.window.sinceUnixNano !== undefined && { since: String(this.window.sinceUnixNano) }),
      ...(this.window.untilUnixNano !== undefined && { until: String(this.window.untilUnixNano) }),
      done: Object.fromEntries(this.#done),
    };
    const draft = `${this.#path}.${randomBytes(4).toString('hex')}.tmp`;
    try {
      await mkdir(join(this.#path, '..'), { recursive: true, mode: DIRECTORY_MODE });
      await writeFile(draft, JSON.stringify(state), { mode: FILE_MODE });
      await rename(draft, this.#path);
    } catch (cause) {
      await rm(draft, { force: true }).catch(() => undefined);
      const { code = 'unknown' } = cause as NodeJS.ErrnoException;
      throw new AgentlogError(
        'OUTPUT_FAILED',
        `Cannot write \`${this.#path}\` (${code}), which remembers what was sent.`,
      );
    }
  }

  async finish(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}

function windowOf({ since, until }: State): Window {
  return {
    ...(since !== undefined && { sinceUnixNano: BigInt(since) }),
    ...(until !== undefined && { untilUnixNano: BigInt(until) }),
  };
}

async function readState(path: string): Promise<State | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const state = JSON.parse(text) as State;
    const counts = Object.values(state.done);
    if (state.version === 1 && counts.every(Number.isSafeInteger) && /^-?\d+$/.test(state.shiftNanos))
      return state;
  } catch {
    // Said below.
  }
  throw new AgentlogError('STORE_UNREADABLE', `\`${path}\` is damaged. Add --restart to send everything.`);
}
