import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attributes, SpanStatusCode } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { createExceptionEnricher } from '../../../processors/exceptions/index.ts';
import { Facts } from '../../../processors/processor.ts';
import { createRedactor, type Redactor } from '../../../src/core/redaction/index.ts';
import { temporaryDirectory } from '../../e2e/run-app.ts';

const FINGERPRINT = 'agentlog.exception.fingerprint';

/** The facts of a span on which `error` was recorded. */
function factsOf(
  error: Error | undefined,
  name = 'GET /orders',
  attributes: Attributes = {},
  redactor?: Redactor,
): Attributes | undefined {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const span = provider.getTracer('t').startSpan(name, { attributes });
  if (error) span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
  const facts = new Facts();
  const [finished] = exporter.getFinishedSpans();
  if (finished) createExceptionEnricher(redactor).onEnd?.(finished, facts);
  return facts.attributes;
}

function failing(frame: string, message = 'no such order', type = 'TypeError'): Error {
  const error = new Error(message);
  error.name = type;
  error.stack = `${type}: ${message}\n    at run (node:internal/x:1:1)\n    at send (/a/node_modules/pg/x.js:1:1)\n    at ${frame}`;
  return error;
}

const fingerprint = (frame: string, message?: string, type?: string) =>
  factsOf(failing(frame, message, type))?.[FINGERPRINT];

test('exceptions: another message, line or column is the same cause', () => {
  const first = fingerprint('load (/srv/app/orders.js:10:5)', 'order 17 not found');
  expect(first).toMatch(/^[0-9a-f]{16}$/);
  expect(fingerprint('load (/srv/app/orders.js:99:1)', 'order 18 not found')).toBe(first);
});

test('exceptions: another type, file or function is another cause', () => {
  const all = [
    fingerprint('load (/srv/app/orders.js:10:5)'),
    fingerprint('load (/srv/app/orders.js:10:5)', undefined, 'RangeError'),
    fingerprint('load (/srv/app/items.js:10:5)'),
    fingerprint('save (/srv/app/orders.js:10:5)'),
  ];
  expect(new Set(all).size).toBe(4);
});

test('exceptions: an anonymous function counts as the span’s name, and so does a missing stack', () => {
  const anonymous = failing('/srv/app/orders.js:10:5');
  expect(factsOf(anonymous, 'GET /a')).not.toEqual(factsOf(anonymous, 'GET /b'));
  const bare = Object.assign(new Error('x'), { stack: undefined });
  expect(factsOf(bare, 'GET /a')?.[FINGERPRINT]).toMatch(/^[0-9a-f]{16}$/);
  expect(factsOf(bare, 'GET /a')).not.toEqual(factsOf(bare, 'GET /b'));
});

test('exceptions: the file is relative to its project, so a fingerprint holds on every machine', () => {
  using one = temporaryDirectory();
  using two = temporaryDirectory();
  const [first, second] = [one, two].map(({ path }) => {
    writeFileSync(join(path, 'package.json'), '{}');
    mkdirSync(join(path, 'dist'));
    return fingerprint(`load (${join(path, 'dist/orders.js')}:10:5)`);
  });
  expect(first).toBe(second);
});

test('exceptions: a source map leads to the file that was written', () => {
  using directory = temporaryDirectory();
  const { path } = directory;
  writeFileSync(join(path, 'package.json'), '{}');
  mkdirSync(join(path, 'dist'));
  const map = { version: 3, file: 'orders.js', sources: ['../src/orders.ts'], names: [], mappings: 'AAAA' };
  writeFileSync(join(path, 'dist/orders.js.map'), JSON.stringify(map));
  expect(fingerprint(`load (${join(path, 'dist/orders.js')}:1:5)`)).toBe(
    fingerprint(`load (${join(path, 'src/orders.ts')}:1:5)`),
  );
});

test('exceptions: a span without one, and an HTTP error status, have no fingerprint', () => {
  expect(factsOf(undefined)).toBeUndefined();
  expect(factsOf(undefined, 'GET', { 'error.type': '500' })).toBeUndefined();
});

test('exceptions: an error logged as an object gets the standard keys and a fingerprint', () => {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  const { stack = '' } = failing('load (/srv/app/orders.js:10:5)');
  const logged = { type: 'TypeError', message: 'no such order', stack };
  provider.getLogger('app').emit({ body: 'failed', attributes: { err: logged } });
  provider.getLogger('app').emit({ body: 'fine', attributes: { err: 'none' } });
  const [record, fine] = exporter.getFinishedLogRecords();
  const facts = new Facts();
  if (record) createExceptionEnricher().onLog?.(record, facts);
  expect(facts.attributes).toEqual({
    'exception.type': 'TypeError',
    'exception.message': 'no such order',
    'exception.stacktrace': stack,
    [FINGERPRINT]: fingerprint('load (/srv/app/orders.js:10:5)'),
  });
  const none = new Facts();
  if (fine) createExceptionEnricher().onLog?.(fine, none);
  expect(none.attributes).toBeUndefined();
});

test('exceptions: a DOMException has its name, not upstream’s number, as error type and in its event', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const span = provider.getTracer('t').startSpan('GET', { attributes: { 'error.type': 23 } });
  span.addEvent('before');
  span.recordException(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
  const [finished] = exporter.getFinishedSpans();
  if (finished === undefined) throw new Error('no span');
  expect(finished.events[1]?.attributes?.['exception.type']).toBe('23');
  const facts = new Facts();
  createExceptionEnricher().onEnd?.(finished, facts);
  expect(facts.attributes?.['error.type']).toBe('TimeoutError');
  expect(facts.events?.map((event) => event.attributes?.['exception.type'])).toEqual([
    undefined,
    'TimeoutError',
  ]);
  expect(finished.events[1]?.attributes?.['exception.type']).toBe('23');
});

test('exceptions: no secret is in the hash, so that nobody can try passwords until it fits', () => {
  const redactor = createRedactor();
  const of = (name: string, type: string) =>
    factsOf(failing('/srv/app/orders.js:10:5', 'x', type), name, {}, redactor)?.[FINGERPRINT];
  expect(of('login?password=abc123', 'E')).toBe(of('login?password=xyz789', 'E'));
  expect(of('login', 'E password=abc123')).toBe(of('login', 'E password=xyz789'));
  expect(of('login', 'E')).not.toBe(of('logout', 'E'));
});
