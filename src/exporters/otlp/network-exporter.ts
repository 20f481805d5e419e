import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { allSettled } from '../../core/deadline.ts';
import { caught, notice } from '../../core/diag.ts';
import type { Link } from './link.ts';
import type { Patience } from './patience.ts';
import type { Signal } from './settings.ts';
import { createTransport, type Transport } from './transport.ts';
import { explainTrouble } from './trouble.ts';

/** Turns a batch into the bytes of one request. */
export type Serialize<T> = (items: T) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/**
 * Sends batches of one signal over OTLP. Trouble is said on stderr once and then counted by the minute.
 *
 * `T` is what upstream's exporter interface hands over: an array of spans or log records, or `ResourceMetrics`.
 */
export class OtlpNetworkExporter<T> {
  readonly #signal: Signal;
  readonly #serialize: Serialize<T>;
  readonly #timeoutMs: number;
  readonly #transport: Transport;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #where: string;

  constructor(signal: Signal, link: Link, patience: Patience, serialize: Serialize<T>) {
    this.#signal = signal;
    this.#serialize = serialize;
    this.#timeoutMs = link.timeoutMs;
    const { origin } = new URL(link.url);
    this.#where = origin;
    this.#transport = createTransport(link, patience, (error) => {
      const { reason, advice } = explainTrouble(error);
      notice(
        `otlp:${origin}:${advice}`,
        `cannot send to the collector at ${origin} (${reason}); the app and the local files go on. ${advice}`,
      );
    });
  }

  export(items: T, done: (result: ExportResult) => void): void {
    const send = async () => {
      try {
        done(await this.#send(items));
      } catch (error) {
        caught('an export over OTLP', error);
      }
      this.#inFlight.delete(sending);
    };
    const sending = send();
    this.#inFlight.add(sending);
  }

  /** Waits for what is in flight. */
  async forceFlush(): Promise<void> {
    await allSettled([...this.#inFlight]);
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
    this.#transport.shutdown();
  }

  async #send(items: T): Promise<ExportResult> {
    try {
      const data = await this.#serialize(items);
      if (data === undefined) return failed(new Error('nothing to send'));
      const response = await this.#transport.send(data, this.#timeoutMs);
      if (response.status !== 'success') return failed(response.error);
      this.#reportPartialSuccess(response.data);
      return { code: ExportResultCode.SUCCESS };
    } catch (error) {
      return failed(error);
    }
  }

  /** https://opentelemetry.io/docs/specs/otlp/#partial-success-1: accepted, but not all of it. */
  #reportPartialSuccess(data: Uint8Array | undefined): void {
    if (data === undefined || data[0] !== 0x7b) return;
    try {
      const { partialSuccess } = JSON.parse(Buffer.from(data).toString()) as {
        partialSuccess?: Record<string, unknown>;
      };
      const rejected = Object.entries(partialSuccess ?? {}).find(([key]) => key.startsWith('rejected'));
      const count = Number(rejected?.[1] ?? 0);
      if (count > 0)
        notice(
          `partial:${this.#where}`,
          `the collector at ${this.#where} rejected ${count} ${this.#signal}.`,
        );
    } catch {
      // An answer that is not JSON says nothing about what was rejected.
    }
  }
}

function failed(error: unknown): ExportResult {
  return { code: ExportResultCode.FAILED, error: error as Error };
}
