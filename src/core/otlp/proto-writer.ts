import type { HrTime } from '@opentelemetry/api';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A varint of 64 bits takes no more, and no tag of ours more than two. */
const MAX_VARINT_BYTES = 10;
const TWO_32 = 2 ** 32;
/** Up to here a text is written unit by unit, which is cheaper than a call into Node's own code. */
const SHORT_TEXT = 48;

const HEX = new Uint8Array(128);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  HEX[digit.charCodeAt(0)] = value;
  HEX[digit.toUpperCase().charCodeAt(0)] = value;
}

/**
 * Writes protobuf messages from their last byte to their first: so the length of a message is known when it is to be
 * written, and each byte is written once. The last field is given first.
 *
 * Bytes lie in buffers of at least `slabBytes`, one record behind (that is, before) the other; what was finished
 * stays where it is. Text that is not valid UTF-16 becomes U+FFFD.
 */
export class ProtoWriter {
  buffer: Buffer = Buffer.alloc(0);
  /** Where the bytes written last begin. */
  start = 0;
  /** Where the record that is being written ends. */
  end = 0;
  readonly #slabBytes: number;

  constructor(slabBytes: number) {
    this.#slabBytes = slabBytes;
  }

  /** Begins a record: what was written before is finished. */
  begin(): void {
    this.end = this.start;
  }

  /** How much of the record there is: a mark to give to {@link message}. */
  get size(): number {
    return this.end - this.start;
  }

  /** Makes all that was written since the mark a message, under this field. */
  message(field: number, mark: number): void {
    this.#room(2 * MAX_VARINT_BYTES);
    this.#varint(this.size - mark);
    this.#tag(field, LENGTH_DELIMITED);
  }

  string(field: number, text: string): void {
    const mark = this.size;
    this.#text(text);
    this.message(field, mark);
  }

  bytes(field: number, bytes: Uint8Array): void {
    const mark = this.size;
    this.raw(bytes);
    this.message(field, mark);
  }

  /** Bytes as they are, without a field. */
  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.start -= bytes.length;
    this.buffer.set(bytes, this.start);
  }

  /** What was written since the mark, in memory of its own: a small `Buffer` would hold 8 KB that it shares. */
  copyFrom(mark: number): Uint8Array {
    return new Uint8Array(this.buffer.subarray(this.start, this.end - mark));
  }

  /** An id in hexadecimal digits, as bytes. */
  hex(field: number, digits: string): void {
    const count = digits.length >> 1;
    this.#room(count);
    let at = this.start;
    for (let i = count * 2 - 1; i > 0; i -= 2) {
      const low = HEX[digits.charCodeAt(i)] ?? 0;
      const high = HEX[digits.charCodeAt(i - 1)] ?? 0;
      this.buffer[--at] = (high << 4) | low;
    }
    const mark = this.size;
    this.start = at;
    this.message(field, mark);
  }

  /** A number of at least zero. */
  uint(field: number, value: number): void {
    this.#room(2 * MAX_VARINT_BYTES);
    this.#varint(value);
    this.#tag(field, VARINT);
  }

  /** A whole number of at most 64 bits. */
  int64(field: number, value: number | bigint): void {
    this.#room(2 * MAX_VARINT_BYTES);
    if (typeof value === 'number' && value >= 0) this.#varint(value);
    else this.#bigVarint(BigInt.asUintN(64, BigInt(value)));
    this.#tag(field, VARINT);
  }

  double(field: number, value: number): void {
    this.#room(8 + MAX_VARINT_BYTES);
    this.start -= 8;
    this.buffer.writeDoubleLE(value, this.start);
    this.#tag(field, FIXED64);
  }

  fixed32(field: number, value: number): void {
    this.#room(4 + MAX_VARINT_BYTES);
    this.#uint32(value);
    this.#tag(field, FIXED32);
  }

  /** A time as nanoseconds since the epoch. */
  time(field: number, [seconds, nanos]: HrTime): void {
    this.#room(8 + MAX_VARINT_BYTES);
    const [whole, rest] = [Math.trunc(seconds), Math.trunc(nanos)];
    if (whole > 0 && whole < TWO_32 && rest >= 0 && rest < 1e9) {
      // A double has not the digits for the product, but for the product of each half.
      const high = Math.floor(whole / 65_536) * 1e9;
      const sum = (high % 65_536) * 65_536 + (whole % 65_536) * 1e9 + rest;
      this.#uint32(Math.floor(high / 65_536) + Math.floor(sum / TWO_32));
      this.#uint32(sum % TWO_32);
    } else {
      const total = BigInt(whole) * 1_000_000_000n + BigInt(rest);
      this.start -= 8;
      this.buffer.writeBigUInt64LE(BigInt.asUintN(64, total > 0n ? total : 0n), this.start);
    }
    this.#tag(field, FIXED64);
  }

  #tag(field: number, wire: number): void {
    this.#varint(field * 8 + wire);
  }

  #uint32(value: number): void {
    const at = this.start - 4;
    this.buffer[at] = value & 0xff;
    this.buffer[at + 1] = (value >>> 8) & 0xff;
    this.buffer[at + 2] = (value >>> 16) & 0xff;
    this.buffer[at + 3] = value >>> 24;
    this.start = at;
  }

  #varint(value: number): void {
    if (value < 0x80) {
      this.buffer[--this.start] = value;
      return;
    }
    let length = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) length++;
    this.start -= length;
    let rest = value;
    for (let i = 0; i < length - 1; i++) {
      this.buffer[this.start + i] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.start + length - 1] = rest;
  }

  #bigVarint(value: bigint): void {
    const bytes: number[] = [];
    for (let rest = value; ; rest >>= 7n) {
      bytes.push(Number(rest & 0x7fn) | (rest < 0x80n ? 0 : 0x80));
      if (rest < 0x80n) break;
    }
    this.start -= bytes.length;
    this.buffer.set(bytes, this.start);
  }

  #text(text: string): void {
    if (text.length <= SHORT_TEXT && this.#ascii(text)) return;
    const sizeBytes = Buffer.byteLength(text);
    this.#room(sizeBytes);
    this.start -= sizeBytes;
    this.buffer.write(text, this.start, sizeBytes);
  }

  /** False, and nothing is written, when it is more than ASCII. */
  #ascii(text: string): boolean {
    this.#room(text.length);
    let at = this.start;
    for (let i = text.length - 1; i >= 0; i--) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return false;
      this.buffer[--at] = unit;
    }
    this.start = at;
    return true;
  }

  /** Room before what is written; a new buffer takes the record begun along. */
  #room(sizeBytes: number): void {
    if (this.start >= sizeBytes) return;
    const { size } = this;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#slabBytes, 2 * (size + sizeBytes)));
    this.buffer.copy(larger, larger.length - size, this.start, this.end);
    this.buffer = larger;
    this.end = larger.length;
    this.start = larger.length - size;
  }
}
