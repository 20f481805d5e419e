import type { IdGenerator } from '@opentelemetry/sdk-trace';
import { hex16 } from '../core/sql/word-hash.ts';

/** Random ids as upstream makes them, without a buffer in between: 0.1 µs each instead of 1. */
export class HexIdGenerator implements IdGenerator {
  generateTraceId(): string {
    return this.generateSpanId() + this.generateSpanId();
  }

  generateSpanId(): string {
    // An id of zeros alone is none.
    return hex16(random(), random() || 1);
  }
}

function random(): number {
  return (Math.random() * 2 ** 32) | 0;
}
