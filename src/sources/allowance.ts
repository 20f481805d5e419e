import { AsyncLocalStorage } from 'node:async_hooks';
import { AgentlogError } from '../core/errors.ts';

export interface Limits {
  readonly requestCount: number;
  readonly timeMs: number;
}

const GRACE_MS = 250;
const running = new AsyncLocalStorage<Allowance>();

/**
 * What a backend may be asked for one purpose: so many requests, in so much time. Whatever a source asks by
 * `HttpClient` while {@link Allowance.run} runs is taken from it, retries and all; `Infinity` limits nothing.
 */
export class Allowance {
  readonly #limits: Limits;
  readonly #late = new AbortController();
  readonly #over = Promise.withResolvers<undefined>();
  #timer: NodeJS.Timeout | undefined;
  #requestCount = 0;
  #spent: string | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
    const { timeMs } = limits;
    if (Number.isFinite(timeMs)) this.#timer = setTimeout(() => this.#end(timeMs), timeMs);
  }

  /** The one that the caller runs in. */
  static get current(): Allowance | undefined {
    return running.getStore();
  }

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    return this.#late.signal;
  }

  /** Why something was not asked, in our words; undefined while nothing was refused. */
  get spent(): string | undefined {
    return this.#spent;
  }

  /**
   * One request.
   * @throws AgentlogError SOURCE_LIMIT when there is none left.
   */
  take(): void {
    this.#requestCount += 1;
    if (this.#requestCount > this.#limits.requestCount)
      this.#spent ??= `the backend would have been asked more than ${this.#limits.requestCount} times`;
    this.check();
  }

  /** @throws AgentlogError SOURCE_LIMIT when it is spent. */
  check(): void {
    if (this.#spent !== undefined) throw new AgentlogError('SOURCE_LIMIT', `Not asked: ${this.#spent}.`);
  }

  /** What `work` gives; nothing once all is spent, which {@link Allowance.spent} tells. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#spent !== undefined) return undefined;
    const answer = running.run(this, work);
    // What comes too late is nobody's any more, whatever it is.
    answer.catch(() => undefined);
    try {
      return await Promise.race([answer, this.#over.promise]);
    } catch (error) {
      if (isSpent(error)) return undefined;
      throw error;
    }
  }

  /** Lets go of the timer. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #end(timeMs: number): void {
    this.#spent ??= `the backend took longer than ${timeMs / 1_000} s`;
    this.#late.abort();
    // A source makes what it has into an answer; one that does not listen is not waited for.
    this.#timer = setTimeout(() => this.#over.resolve(undefined), GRACE_MS);
  }
}

/** Whether an error only says that an allowance was spent. */
export function isSpent(error: unknown): boolean {
  return error instanceof AgentlogError && error.code === 'SOURCE_LIMIT';
}
