import type { Attributes, Span } from '../../../src/core/span.ts';
import { buildTrace, type Trace } from '../../../src/core/trace.ts';

interface Given {
  readonly parent?: string;
  /** Milliseconds since the start of the trace. */
  readonly from: number;
  readonly to: number;
  readonly kind?: number;
  readonly attributes?: Attributes;
  readonly failed?: boolean;
}

/** Builds traces for tests: spans by a short name that is also their id. */
export class TraceBuilder {
  private readonly spans: Span[] = [];

  span(spanId: string, given: Given): this {
    this.spans.push({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId,
      ...(given.parent === undefined ? {} : { parentSpanId: given.parent }),
      flags: 1,
      name: spanId,
      kind: given.kind ?? 1,
      startTimeUnixNano: at(given.from),
      endTimeUnixNano: at(given.to),
      attributes: given.attributes ?? {},
      events: [],
      links: [],
      status: { code: given.failed === true ? 2 : 0 },
      droppedCount: 0,
      resource: { attributes: {} },
      scope: { name: 'test' },
    });
    return this;
  }

  /** A statement of PostgreSQL, as a client span. */
  sql(
    spanId: string,
    parent: string,
    from: number,
    to: number,
    text: string,
    more: Partial<Given> = {},
  ): this {
    const attributes = { 'db.system.name': 'postgresql', 'db.query.text': text, ...more.attributes };
    return this.span(spanId, { parent, from, to, kind: 3, ...more, attributes });
  }

  build(): Trace {
    return buildTrace('0af7651916cd43dd8448eb211c80319c', this.spans);
  }
}

function at(ms: number): bigint {
  return 1_760_000_000_000_000_000n + BigInt(Math.round(ms * 1e6));
}
