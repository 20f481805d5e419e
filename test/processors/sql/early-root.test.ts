import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { CompositeSpanProcessor } from '../../../processors/composite.ts';
import type { FanOut } from '../../../processors/fan-out/index.ts';
import { redactSpan } from '../../../processors/redaction/index.ts';
import { createSqlEnricher } from '../../../processors/sql/index.ts';
import type { SpanView } from '../../../src/core/otlp/views.ts';
import { createRedactor } from '../../../src/core/redaction/index.ts';

//  GET /orders         ends first: Express ends its handler's span after the request's own
//  └─ request handler
//     └─ SELECT items  ×25
test('sql: an entry span that ends before the handler below it still carries the worst repeat', () => {
  const views: SpanView[] = [];
  const redactor = createRedactor();
  const composite = new CompositeSpanProcessor({
    enrichers: [createSqlEnricher()],
    redact: (span, facts) => redactSpan(span, facts, redactor),
    fanOut: { accept: (view: SpanView) => views.push(view) } as unknown as FanOut<SpanView>,
  });
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [composite, new SimpleSpanProcessor({ exporter })] });
  const tracer = provider.getTracer('t');
  const root = tracer.startSpan('GET /orders', { kind: SpanKind.SERVER });
  const handler = tracer.startSpan('request handler', {}, trace.setSpan(ROOT_CONTEXT, root));
  for (let i = 0; i < 25; i++) {
    const attributes = {
      'db.system.name': 'postgresql',
      'db.query.text': 'SELECT * FROM items WHERE order_id = $1',
    };
    tracer
      .startSpan(
        'pg.query:SELECT shop',
        { kind: SpanKind.CLIENT, attributes },
        trace.setSpan(ROOT_CONTEXT, handler),
      )
      .end();
  }
  root.end();
  handler.end();
  composite.catchUp();
  for (const name of ['GET /orders', 'request handler']) {
    expect(views.find((view) => view.name === name)?.attributes).toMatchObject({
      'agentlog.n_plus_one.summary': ['SELECT items'],
      'agentlog.n_plus_one.count': [25],
    });
  }
});
