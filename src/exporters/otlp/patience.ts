import { clearTimeout, setTimeout } from '../../core/natives.ts';

/**
 * Whether there is still time to try again. While the process runs there is; when it is about to end a retry
 * would only delay it: everyone who waits is woken and nobody waits any more.
 */
export class Patience {
  #isOver = false;
  #isAbandoned = false;
  readonly #waiting = new Set<() => void>();
  readonly #holding = new Set<() => void>();

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Nothing may be begun any more. */
  get isAbandoned(): boolean {
    return this.#isAbandoned;
  }

  /** Resolves after `ms`, or at once when patience ends. The timer does not hold the process open. */
  wait(ms: number): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms).unref();
      this.#waiting.add(wake);
    });
  }

  end(): void {
    this.#isOver = true;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Remembers how to stop what may hold the process open, until the returned function is called. */
  hold(stop: () => void): () => void {
    this.#holding.add(stop);
    return () => this.#holding.delete(stop);
  }

  /** Stops whatever is still under way, for good: the process must not live for it. */
  abandon(): void {
    this.#isAbandoned = true;
    this.end();
    for (const stop of [...this.#holding]) stop();
  }

  /** The process lives on after all. */
  restore(): void {
    this.#isOver = false;
  }
}
