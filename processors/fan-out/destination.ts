import { AsyncResource } from 'node:async_hooks';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, suppressTracing } from '@opentelemetry/core';
import { caught } from '../../src/core/diag.ts';
import { clearTimeout, queueMicrotask, setTimeout } from '../../src/core/natives.ts';
import type { Encoded, Form } from '../../src/core/otlp/encoded.ts';
import type { Item } from '../../src/core/otlp/views.ts';

/** Upstream's `SpanExporter` or `LogRecordExporter`, for any signal. */
export interface Exporter<T> {
  export(items: T[], done: (result: ExportResult) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
  /** The export is complete when `export` returns, so it can also run in `exit`. */
  readonly isSynchronous?: boolean;
  /** It writes bytes of this form: it is given, and its queue holds, these instead of the records. */
  readonly takes?: Form;
}

/** An exporter of the records themselves, or of their bytes. */
export type AnyExporter<T> = Exporter<T> | (Exporter<Encoded> & { readonly takes: Form });

export interface DestinationOptions<T> {
  readonly name: string;
  readonly exporter: AnyExporter<T>;
  /** Takes what the sampler dropped as well. */
  readonly keepsUnsampled: boolean;
  readonly maxQueueSize: number;
  readonly maxQueueBytes: number;
  readonly maxBatchSize: number;
  /** How long an item may wait for its batch, in ms. */
  readonly delayMs: number;
  /** After this an export counts as failed, in ms. */
  readonly timeoutMs: number;
}

/** The counters of one destination; `accepted = exported + failed + queued` at rest. */
export interface DestinationStatus {
  readonly name: string;
  readonly accepted: number;
  readonly exported: number;
  /** Refused because the queue was full. */
  readonly dropped: number;
  /** Given to the exporter, which failed. */
  readonly failed: number;
  readonly queued: number;
  readonly queuedBytes: number;
}

/** A batch is joined and written in one go: this much takes about 2 ms. */
const MAX_BATCH_BYTES = 1024 * 1024;

/** Timers and exports run outside every request: neither its trace nor its AsyncLocalStorage is kept alive. */
const outside = new AsyncResource('agentlog.export');

/**
 * One exporter with a queue of its own, bounded by count and bytes, so that its failure is nobody else's.
 *
 * Does three things that an own queue must (FACTS §2): waits for the resource's async attributes, exports with
 * tracing suppressed, and gives OTLP only what was sampled. Never throws; never holds the process open.
 */
export class Destination<T extends Item> {
  readonly #options: DestinationOptions<T>;
  readonly #exporter: Exporter<Item>;
  /** What an item is weighed by. */
  readonly #form: Form;
  #queue: Item[] = [];
  #queuedBytes = 0;
  #accepted = 0;
  #exported = 0;
  #dropped = 0;
  #failed = 0;
  /** How many items have left the queue. */
  #taken = 0;
  #timer: NodeJS.Timeout | undefined;
  #inFlight: Promise<void> | undefined;
  #isShutDown = false;

  constructor(options: DestinationOptions<T>) {
    this.#options = options;
    this.#exporter = options.exporter as Exporter<Item>;
    this.#form = this.#exporter.takes ?? 'json';
  }

  /** Queues an item. Cost: its encoding, if no other destination has encoded it yet. */
  accept(item: T): void {
    if (this.#isShutDown || !(item.isSampled || this.#options.keepsUnsampled)) return;
    const encoded = item.encodedAs(this.#form);
    const bytes = encoded.sizeBytes;
    const { maxQueueSize, maxQueueBytes, delayMs } = this.#options;
    if (this.#queue.length >= maxQueueSize || this.#queuedBytes + bytes > maxQueueBytes) {
      this.#dropped++;
      return;
    }
    this.#accepted++;
    this.#queue.push(this.#exporter.takes === undefined ? item : encoded);
    this.#queuedBytes += bytes;
    this.#schedule(this.#isBatchFull ? 0 : delayMs);
  }

  /**
   * Exports everything queued so far and what is in flight; after a shutdown there is nothing to wait for. Resolves
   * when done, never rejects; it may take as long as the exporter.
   */
  async flush(): Promise<void> {
    if (!this.#isShutDown) await this.#drain();
  }

  async #drain(): Promise<void> {
    const end = this.#taken + this.#queue.length;
    await this.#inFlight;
    while (this.#taken < end && this.#queue.length > 0) {
      this.#start();
      await this.#inFlight;
    }
    try {
      await this.#exporter.forceFlush?.();
    } catch (error) {
      caught(`flush of ${this.#options.name}`, error);
    }
  }

  /** Exports everything queued before returning, when the exporter can; for `exit` and a crash. */
  flushSync(): void {
    if (!this.#exporter.isSynchronous) return;
    while (this.#queue.length > 0) this.#export(this.#take(), () => {});
  }

  async shutdown(): Promise<void> {
    if (this.#isShutDown) return;
    this.#isShutDown = true;
    await this.#drain();
    clearTimeout(this.#timer);
    try {
      await this.#exporter.shutdown();
    } catch (error) {
      caught(`shutdown of ${this.#options.name}`, error);
    }
  }

  /** Whether there is nothing to wait for: nothing queued and nothing in flight, or all of it given up. */
  get isIdle(): boolean {
    return this.#isShutDown || (this.#queue.length === 0 && this.#inFlight === undefined);
  }

  status(): DestinationStatus {
    return {
      name: this.#options.name,
      accepted: this.#accepted,
      exported: this.#exported,
      dropped: this.#dropped,
      failed: this.#failed,
      queued: this.#queue.length,
      queuedBytes: this.#queuedBytes,
    };
  }

  #schedule(delayMs: number): void {
    if (this.#inFlight !== undefined) return;
    if (this.#timer !== undefined) {
      if (delayMs > 0) return;
      clearTimeout(this.#timer);
    }
    this.#timer = outside.runInAsyncScope(() => setTimeout(() => this.#start(), delayMs));
    this.#timer.unref();
  }

  /** Starts one export unless one is under way; the next one follows by itself while the queue is not empty. */
  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#inFlight !== undefined || this.#queue.length === 0) return;
    try {
      this.#inFlight = outside.runInAsyncScope(() => this.#exportAndGoOn());
    } catch (error) {
      caught(`export to ${this.#options.name}`, error);
    }
  }

  /** Never rejects: nobody in the app could catch it. */
  async #exportAndGoOn(): Promise<void> {
    try {
      await this.#exportNext();
    } catch (error) {
      caught(`export to ${this.#options.name}`, error);
    }
    this.#inFlight = undefined;
    if (this.#queue.length > 0 && !this.#isShutDown) {
      this.#schedule(this.#isBatchFull ? 0 : this.#options.delayMs);
    }
  }

  async #exportNext(): Promise<void> {
    const resource = this.#queue[0]?.resource;
    if (resource?.asyncAttributesPending) {
      try {
        await resource.waitForAsyncAttributes?.();
      } catch (error) {
        caught('resource detection', error);
      }
    }
    const batch = this.#take();
    if (batch.length === 0) return;
    await new Promise<void>((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const settle = this.#export(batch, () => {
        clearTimeout(timer);
        resolve();
      });
      timer = setTimeout(() => settle(true), this.#options.timeoutMs).unref();
    });
  }

  get #isBatchFull(): boolean {
    return this.#queue.length >= this.#options.maxBatchSize || this.#queuedBytes >= MAX_BATCH_BYTES;
  }

  /** The next batch, bounded by count and bytes; at least one item, however large. */
  #take(): Item[] {
    const most = Math.min(this.#queue.length, this.#options.maxBatchSize);
    let count = 0;
    let bytes = 0;
    while (count < most) {
      const next = (this.#queue[count] as Item).encodedAs(this.#form).sizeBytes;
      if (count > 0 && bytes + next > MAX_BATCH_BYTES) break;
      bytes += next;
      count++;
    }
    this.#queuedBytes -= bytes;
    this.#taken += count;
    return this.#queue.splice(0, count);
  }

  /** Starts an export and counts its outcome once; returns what settles it from outside. */
  #export(batch: Item[], done: () => void): (hasFailed: boolean) => void {
    // A user's exporter may empty the list it was given.
    const { length } = batch;
    let isSettled = false;
    const settle = (hasFailed: boolean) => {
      if (isSettled) return;
      isSettled = true;
      if (hasFailed) this.#failed += length;
      else this.#exported += length;
      queueMicrotask(done);
    };
    const broke = (error: unknown) => {
      settle(true);
      caught(`export to ${this.#options.name}`, error);
    };
    context.with(suppressTracing(ROOT_CONTEXT), () => {
      try {
        const result: unknown = this.#exporter.export(batch, (result) =>
          settle((result as ExportResult | undefined)?.code !== ExportResultCode.SUCCESS),
        );
        // One written as an async function may reject, which would end the process.
        if (result instanceof Promise) result.catch(broke);
      } catch (error) {
        broke(error);
      }
    });
    return settle;
  }
}
