import type { Signal } from '../../core/layout.ts';
import type { Sidecar } from '../../core/sidecar.ts';
import { IdList } from './id-list.ts';

const TRACE_ID = Buffer.from('"traceId":"');
/** A record of each signal begins with one of these; the rest of it never looks so: quotes are escaped there. */
const TIME: Partial<Record<Signal, Buffer>> = {
  traces: Buffer.from('"startTimeUnixNano":"'),
  logs: Buffer.from('{"timeUnixNano":"'),
};
const SERVICE = Buffer.from('"key":"service.name","value":{"stringValue":"');
const DROPPED = Buffer.from('"dropped');
const SERVICE_LIMIT = 20;
const NAME_BYTES = 200;
const ID_DIGITS = 8;
const TIME_DIGITS = 20;
/** What of a chunk may be half of something. */
export const OVERLAP = 256;
const NEWLINE = 0x0a;
const QUOTE = 0x22;

/**
 * Finds out what a file of ours holds from its bytes, chunk by chunk: a search, no parsing. About 4 ms a megabyte, and
 * no step takes longer for what came before it.
 */
export class Contents {
  lineCount = 0;
  recordCount = 0;
  readonly #time: Buffer | undefined;
  readonly #ids = new IdList();
  readonly #services = new Set<string>();
  #droppedCount = 0;
  #oldest = '';
  #newest = '';

  constructor(signal: Signal) {
    this.#time = TIME[signal];
  }

  /**
   * Takes the next bytes, which begin with the last {@link OVERLAP} of those before, or all of these; what begins in the
   * last ones comes again, unless it is the end.
   */
  add(bytes: Buffer, newStart: number, isEnd: boolean): void {
    for (let at = bytes.indexOf(NEWLINE, newStart); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
      this.lineCount += 1;
    }
    this.#search(bytes, isEnd ? bytes.length : Math.max(0, bytes.length - OVERLAP));
  }

  /** After the last bytes. */
  result(): Omit<Sidecar, 'sealedBytes' | 'plainBytes'> {
    const traceIds = this.#ids.result();
    return {
      lineCount: this.lineCount,
      recordCount: this.recordCount,
      services: [...this.#services].sort(),
      droppedCount: this.#droppedCount,
      ...(this.#oldest !== '' && {
        oldestUnixNano: BigInt(this.#oldest),
        newestUnixNano: BigInt(this.#newest),
      }),
      ...(traceIds && { traceIds }),
    };
  }

  /** Takes what begins before `end`; the rest comes again with the next chunk. */
  #search(bytes: Buffer, end: number): void {
    const each = (name: Buffer | undefined, take: (at: number) => void): void => {
      if (name === undefined) return;
      for (let at = bytes.indexOf(name); at !== -1 && at < end; at = bytes.indexOf(name, at + 1)) {
        take(at + name.length);
      }
    };
    each(TRACE_ID, (at) => this.#takeId(bytes, at));
    each(this.#time, (at) => this.#takeTime(bytes, at));
    each(SERVICE, (at) => this.#takeService(bytes, at));
    each(DROPPED, (at) => this.#takeDropped(bytes, at));
  }

  /** A name with a quote or a backslash in it is cut there: it is only shown. */
  #takeService(bytes: Buffer, at: number): void {
    if (this.#services.size >= SERVICE_LIMIT) return;
    const [name = ''] = bytes.toString('utf8', at, at + NAME_BYTES).split(/["\\]/, 1);
    this.#services.add(name);
  }

  #takeDropped(bytes: Buffer, at: number): void {
    const [, count] =
      /^(?:Attributes|Events|Links)Count":(\d{1,9})/.exec(bytes.toString('latin1', at, at + 40)) ?? [];
    this.#droppedCount += Number(count ?? 0);
  }

  #takeId(bytes: Buffer, at: number): void {
    const digits = bytes.toString('latin1', at, at + ID_DIGITS);
    if (/^[0-9a-fA-F]{8}$/.test(digits)) this.#ids.add(Number.parseInt(digits, 16));
  }

  #takeTime(bytes: Buffer, at: number): void {
    let end = at;
    while (end < at + TIME_DIGITS && bytes[end] !== QUOTE) end += 1;
    const time = bytes.toString('latin1', at, end);
    if (!/^\d+$/.test(time)) return;
    this.recordCount += 1;
    if (this.#oldest === '' || isBefore(time, this.#oldest)) this.#oldest = time;
    if (isBefore(this.#newest, time)) this.#newest = time;
  }
}

/** Decimal numbers without leading zeros compare by length first. */
function isBefore(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}
