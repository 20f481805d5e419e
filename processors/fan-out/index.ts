import { allSettled } from '../../src/core/deadline.ts';
import { caught } from '../../src/core/diag.ts';
import type { Item } from '../../src/core/otlp/views.ts';
import type { Destination, DestinationStatus } from './destination.ts';

export type { Item } from '../../src/core/otlp/views.ts';
export {
  type AnyExporter,
  Destination,
  type DestinationOptions,
  type DestinationStatus,
  type Exporter,
} from './destination.ts';

/** Gives every redacted record of one signal to every destination; one that fails is no other's concern. */
export class FanOut<T extends Item> {
  readonly #destinations: readonly Destination<T>[];

  constructor(destinations: readonly Destination<T>[]) {
    this.#destinations = destinations;
  }

  accept(item: T): void {
    for (const destination of this.#destinations) {
      try {
        destination.accept(item);
      } catch (error) {
        caught('queueing telemetry', error);
      }
    }
  }

  /** Resolves when every destination has exported what it held; never rejects. */
  async flush(): Promise<void> {
    await allSettled(this.#destinations.map((each) => each.flush()));
  }

  /** Writes what synchronous destinations hold; for `exit` and a crash. Never throws. */
  flushSync(): void {
    for (const destination of this.#destinations) {
      try {
        destination.flushSync();
      } catch (error) {
        caught('the last write', error);
      }
    }
  }

  async shutdown(): Promise<void> {
    await allSettled(this.#destinations.map((each) => each.shutdown()));
  }

  get isIdle(): boolean {
    return this.#destinations.every((each) => each.isIdle);
  }

  status(): DestinationStatus[] {
    return this.#destinations.map((each) => each.status());
  }
}
