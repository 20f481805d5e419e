import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';

/** What a request of many records needs of each besides its own bytes. */
export interface Origin {
  readonly resource: Resource;
  readonly instrumentationScope: InstrumentationScope;
  /** Whether the sampler took it; OTLP gets exactly these. Log records outside a trace count as sampled. */
  readonly isSampled: boolean;
}

/** How a record is written: as an object of OTLP/JSON, or as a field of a protobuf message. */
export type Form = 'json' | 'protobuf';

/** What can be had as bytes. */
export interface Encodable {
  encodedAs(form: Form): Encoded;
}

/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;
const NOTHING = new Uint8Array();
export const SLAB_BYTES: number = 64 * 1024;

/**
 * A record in bytes: all that a queue keeps of it when its destination wants nothing else.
 *
 * The bytes lie in a buffer shared with the records made just before and after: outside the heap, so a full queue
 * costs the garbage collector next to nothing, and copied as they are into every request (src/README.md, decision 9).
 */
export class Encoded implements Origin, Encodable {
  readonly resource: Resource;
  readonly instrumentationScope: InstrumentationScope;
  readonly isSampled: boolean;
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;

  constructor(origin: Origin, buffer: Buffer, start: number, end: number) {
    this.resource = origin.resource;
    this.instrumentationScope = origin.instrumentationScope;
    this.isSampled = origin.isSampled;
    this.buffer = buffer;
    this.start = start;
    this.end = end;
  }

  /** The bytes of a text, and those that go behind it. */
  static ofText(text: string, origin: Origin, rest: Uint8Array = NOTHING): Encoded {
    const slab = origin.isSampled ? sampled : unsampled;
    const start = slab.makeRoom(text.length * MAX_BYTES_PER_UNIT + rest.length);
    const end = start + slab.buffer.write(text, start);
    if (rest.length > 0) slab.buffer.set(rest, end);
    slab.used = end + rest.length;
    return new Encoded(origin, slab.buffer, start, slab.used);
  }

  /** Itself: whoever holds it asked for its form. */
  encodedAs(): Encoded {
    return this;
  }

  get sizeBytes(): number {
    return this.end - this.start;
  }
}

class Slab {
  buffer = Buffer.alloc(0);
  used = 0;

  /** Where the next text of at most this size goes; a larger one than a slab gets a buffer of its own. */
  makeRoom(sizeBytes: number): number {
    if (this.used + sizeBytes > this.buffer.length) {
      this.buffer = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, sizeBytes));
      this.used = 0;
    }
    return this.used;
  }
}

/** Two, because they are let go at different times: few sampled spans must not hold the memory of the others. */
const sampled = new Slab();
const unsampled = new Slab();
