import { type Attributes, context, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { Facts } from '../../../processors/processor.ts';
import { createSqlEnricher, type SqlEnricherOptions } from '../../../processors/sql/index.ts';

/** What came of one span: its own name and attributes, with the facts joined in. */
export interface Recorded {
  readonly name: string;
  readonly attributes: Attributes;
}

/** `[kind, count]` of each repeat a span carries. */
export function repeatsOf({ attributes }: Recorded): unknown[] {
  const kinds = (attributes['agentlog.n_plus_one.kind'] ?? []) as string[];
  const counts = attributes['agentlog.n_plus_one.count'] as number[];
  return kinds.map((kind, i) => [kind, counts[i]]);
}

/** A real tracer with the enricher behind it. */
export class Recorder {
  readonly ended: Recorded[] = [];
  readonly provider: TracerProvider;
  private readonly tracer: Tracer;

  constructor(options: SqlEnricherOptions = {}) {
    const enricher = createSqlEnricher(options);
    this.provider = new TracerProvider({
      spanProcessors: [
        {
          onStart: (span) => {
            enricher.onStart?.(span);
            enricher.onStarting?.(span);
          },
          onEnd: (span) => {
            const facts = new Facts();
            enricher.onEnd?.(span, facts);
            const attributes = { ...span.attributes, ...facts.attributes } as Attributes;
            this.ended.push({ name: facts.name ?? span.name, attributes });
          },
          forceFlush: () => Promise.resolve(),
          shutdown: () => Promise.resolve(),
        },
      ],
    });
    this.tracer = this.provider.getTracer('test');
  }

  start(name: string, kind: SpanKind = SpanKind.INTERNAL, parent?: Span, attributes: Attributes = {}): Span {
    const under = parent === undefined ? context.active() : trace.setSpan(context.active(), parent);
    return this.tracer.startSpan(name, { kind, attributes }, under);
  }

  /** Runs `work` inside a span of that name and answers what came of the span. */
  async run(name: string, work: () => Promise<unknown>): Promise<Recorded> {
    const span = this.start(name, SpanKind.SERVER);
    await context.with(trace.setSpan(context.active(), span), async () => await work());
    span.end();
    return this.find(name);
  }

  /** The spans with a statement that ended since the last call. */
  takeStatements(): Recorded[] {
    return this.ended.splice(0).filter((span) => span.attributes['db.query.text'] !== undefined);
  }

  /** A statement as upstream's pg instrumentation records it. */
  pg(parent: Span, text: string): void {
    const name = `pg.query:${text.trimStart().split(' ', 1)[0]?.toUpperCase()} shop`;
    const span = this.start(name, SpanKind.CLIENT, parent, {
      'db.system.name': 'postgresql',
      'db.namespace': 'shop',
    });
    span.setAttribute('db.query.text', text);
    span.end();
  }

  /** The last ended span of that name. */
  find(name: string): Recorded {
    const found = this.ended.findLast((span) => span.name === name);
    if (found === undefined)
      throw new Error(`no span ${name} among ${this.ended.map((span) => span.name).join(', ')}`);
    return found;
  }
}
