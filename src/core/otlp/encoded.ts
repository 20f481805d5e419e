import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';

/** What a request of many records needs of each besides its own text. */
export interface Origin {
  readonly resource: Resource;
  readonly instrumentationScope: InstrumentationScope;
  /** Whether the sampler took it; OTLP gets exactly these. Log records outside a trace count as sampled. */
  readonly isSampled: boolean;
}

/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;
const SLAB_BYTES = 64 * 1024;

/**
 * A record as OTLP/JSON in bytes: all that a queue keeps of it when its destination wants only the text.
 *
 * The bytes lie in a buffer shared with the records made just before and after: outside the heap, so a full queue
 * costs the garbage collector next to nothing, and copied as they are into every request (src/README.md, decision 9).
 */
export class Encoded implements Origin {
  readonly resource: Resource;
  readonly instrumentationScope: InstrumentationScope;
  readonly isSampled: boolean;
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;

  constructor(json: string, origin: Origin) {
    this.resource = origin.resource;
    this.instrumentationScope = origin.instrumentationScope;
    this.isSampled = origin.isSampled;
    const slab = origin.isSampled ? sampled : unsampled;
    this.start = slab.makeRoom(json.length * MAX_BYTES_PER_UNIT);
    this.buffer = slab.buffer;
    this.end = this.start + this.buffer.write(json, this.start);
    slab.used = this.end;
  }

  /** Itself, as of a view. */
  get encoded(): Encoded {
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
