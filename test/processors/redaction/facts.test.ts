import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { Facts } from '../../../processors/processor.ts';
import { redactLog, redactSpan } from '../../../processors/redaction/index.ts';
import { createRedactor } from '../../../src/core/redaction/index.ts';

function finishedSpan() {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const attributes = Object.fromEntries(Array.from({ length: 128 }, (_, i) => [`app.${i}`, i]));
  const span = provider.getTracer('t').startSpan('pg.query', { attributes });
  span.addEvent('said', { prompt: 'hello', other: 1 });
  span.end();
  const [finished] = exporter.getFinishedSpans();
  if (finished === undefined) throw new Error('no span');
  return finished;
}

test('redaction: facts join the copy past the limit of 128 attributes, and the live span never changes', () => {
  const span = finishedSpan();
  const before = structuredClone(span.attributes);
  const facts = new Facts();
  facts.set('agentlog.db.signature', 'f00d');
  facts.set('app.0', 'wins');
  facts.name = 'SELECT orders';
  const view = redactSpan(span, facts, createRedactor());
  expect(view.name).toBe('SELECT orders');
  expect(view.attributes).toEqual({ ...before, 'app.0': 'wins', 'agentlog.db.signature': 'f00d' });
  expect(span.name).toBe('pg.query');
  expect(span.attributes).toEqual(before);
});

test('redaction: what an enricher drops is in no attribute and no event of the copy; a fact of the same key stays', () => {
  const span = finishedSpan();
  const facts = new Facts();
  facts.drop('prompt');
  facts.drop('app.1');
  facts.drop('app.2');
  facts.set('app.2', 'stays');
  const view = redactSpan(span, facts, createRedactor());
  expect(view.events[0]?.attributes).toEqual({ other: 1 });
  expect(view.attributes).not.toHaveProperty(['app.1']);
  expect(view.attributes['app.2']).toBe('stays');
  expect(span.events[0]?.attributes).toEqual({ prompt: 'hello', other: 1 });
});

test('redaction: a fact may stand in for the body of a log record', () => {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  provider.getLogger('app').emit({ body: 'what the model said', attributes: { prompt: 'hello' } });
  const [record] = exporter.getFinishedLogRecords();
  if (record === undefined) throw new Error('no record');
  const facts = new Facts();
  facts.body = '[content off]';
  facts.drop('prompt');
  const view = redactLog(record, facts, createRedactor());
  expect(view.body).toBe('[content off]');
  expect(view.attributes).toEqual({});
});

test('redaction: what the app does to a log body afterwards does not reach the copy', () => {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  const body: { user: string; list: string[]; password?: string } = { user: 'ada', list: ['a'] };
  provider.getLogger('app').emit({ body });
  const [record] = exporter.getFinishedLogRecords();
  if (record === undefined) throw new Error('no record');
  const view = redactLog(record, new Facts(), createRedactor());
  body.password = 'later';
  body.list.push('later');
  expect(view.body).toEqual({ user: 'ada', list: ['a'] });
});
