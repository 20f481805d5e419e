/** Levels of messages in one another; protobuf's own limit. */
const DEPTH_LIMIT = 100;
/** Messages of one request: each becomes an object, and an empty one takes two bytes on the wire. */
const MESSAGE_LIMIT = 2_000_000;

const LENGTH_DELIMITED = 2;

/** Counts what one request may cost, across all its readers. */
interface Budget {
  messages: number;
}

/**
 * Reads the fields of one protobuf message out of bytes that may be cut off, damaged or hostile.
 *
 * `next()` steps to a field, then one of the readers takes its value; a value that nobody takes is passed over.
 * Never reads beyond its bytes. @throws TypeError for what is no message, is nested deeper than 100 levels or has
 * more than two million parts.
 */
export class ProtoReader {
  /** Number of the field that `next()` stepped to. */
  field = 0;
  readonly #bytes: Buffer;
  readonly #end: number;
  readonly #depth: number;
  readonly #budget: Budget;
  #at: number;
  #wire = 0;
  #isTaken = true;

  constructor(
    bytes: Buffer,
    start = 0,
    end: number = bytes.length,
    depth = 0,
    budget: Budget = { messages: 0 },
  ) {
    if (depth > DEPTH_LIMIT) throw new TypeError('nested too deep');
    if (++budget.messages > MESSAGE_LIMIT) throw new TypeError('too many messages');
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#depth = depth;
    this.#budget = budget;
  }

  static of(bytes: Uint8Array): ProtoReader {
    return new ProtoReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  /** Steps to the next field; false at the end of the message. */
  next(): boolean {
    if (!this.#isTaken) this.#skip();
    if (this.#at === this.#end) return false;
    const key = this.#varint();
    this.field = Math.floor(key / 8);
    this.#wire = key % 8;
    if (this.field === 0 || key > 0xffffffff) throw new TypeError('not a field');
    this.#isTaken = false;
    return true;
  }

  /** Whether the value is a string, bytes or a message. */
  get isLengthDelimited(): boolean {
    return this.#wire === LENGTH_DELIMITED;
  }

  message(): ProtoReader {
    const [start, end] = this.#range();
    return new ProtoReader(this.#bytes, start, end, this.#depth + 1, this.#budget);
  }

  bytes(): Buffer {
    const [start, end] = this.#range();
    return this.#bytes.subarray(start, end);
  }

  /** Bytes that are not UTF-8 become U+FFFD. */
  string(): string {
    const [start, end] = this.#range();
    return this.#bytes.toString('utf8', start, end);
  }

  /** An unsigned number; beyond 2^53 it is no longer exact. */
  number(): number {
    if (this.#wire === 5) return this.#bytes.readUInt32LE(this.#step(4));
    this.#expect(0);
    return this.#varint();
  }

  /** An `int64`: a number where it is exact, else decimal text. */
  int64(): number | string {
    this.#expect(0);
    const value = BigInt.asIntN(64, this.#bigVarint());
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }

  fixed64(): bigint {
    this.#expect(1);
    return this.#bytes.readBigUInt64LE(this.#step(8));
  }

  double(): number {
    this.#expect(1);
    return this.#bytes.readDoubleLE(this.#step(8));
  }

  #expect(wire: number): void {
    if (this.#wire !== wire) throw new TypeError('a field of another type');
    this.#isTaken = true;
  }

  /** Where the value lies, which is then behind us. */
  #range(): [number, number] {
    this.#expect(LENGTH_DELIMITED);
    const length = this.#varint();
    const start = this.#step(length);
    return [start, start + length];
  }

  #step(length: number): number {
    const start = this.#at;
    if (length > this.#end - start) throw new TypeError('cut off');
    this.#at = start + length;
    this.#isTaken = true;
    return start;
  }

  #varint(): number {
    let value = 0;
    for (let factor = 1, count = 0; count < 10; count += 1, factor *= 128) {
      const byte = this.#bytes[this.#step(1)] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new TypeError('a number without end');
  }

  #bigVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#step(1)] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new TypeError('a number without end');
  }

  #skip(): void {
    if (this.#wire === 0) this.#varint();
    else if (this.#wire === 1) this.#step(8);
    else if (this.#wire === LENGTH_DELIMITED) this.#range();
    else if (this.#wire === 5) this.#step(4);
    else throw new TypeError('no such type of field');
    this.#isTaken = true;
  }
}
