import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Span, SpanKind } from '@opentelemetry/api';
import { expect, onTestFinished, test, vi } from 'vitest';
import { captureCallSite } from '../../../processors/sql/call-site.ts';
import { withStatement } from '../../../src/core/current-statement.ts';
import { sourceLocation } from '../../../src/core/source-location.ts';
import { Recorder } from './recorder.ts';

const SQL = { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT * FROM a WHERE b = $1' };

function loadItem(recorder: Recorder, parent: Span): void {
  recorder.start('SELECT', SpanKind.CLIENT, parent, SQL).end();
}

function functions(recorder: Recorder): unknown[] {
  return recorder.ended.map((span) => span.attributes['code.function.name']);
}

test.each([
  ['auto', [undefined, undefined, 'loadItem', 'loadItem']],
  ['all', ['loadItem', 'loadItem', 'loadItem', 'loadItem']],
  ['off', [undefined, undefined, undefined, undefined]],
] as const)('call site: %s', (callSite, expected) => {
  const recorder = new Recorder({ callSite });
  const root = recorder.start('GET /', SpanKind.SERVER);
  for (let i = 0; i < 4; i++) loadItem(recorder, root);
  // The recorder is the application here: it calls the tracer.
  expect(functions(recorder)).toEqual(expected.map((name) => name && 'start'));
});

test('call site: statements that differ are never looked for', () => {
  const recorder = new Recorder();
  const root = recorder.start('GET /', SpanKind.SERVER);
  for (let i = 0; i < 9; i++) recorder.pg(root, `SELECT * FROM t${i}`);
  expect(functions(recorder)).toEqual(Array(9).fill(undefined));
});

test('call site: three at once are worth a look', () => {
  const recorder = new Recorder();
  const root = recorder.start('GET /', SpanKind.SERVER);
  const spans = Array.from({ length: 4 }, () => recorder.start('SELECT', SpanKind.CLIENT, root, SQL));
  for (const span of spans) span.end();
  expect(functions(recorder)).toEqual([undefined, undefined, 'start', 'start']);
});

test.each([1, 2, 3])(
  'call site: in a loop of %i statements that are known only later each has one',
  (count) => {
    const recorder = new Recorder();
    const root = recorder.start('GET /', SpanKind.SERVER);
    for (let i = 0; i < 6; i++) {
      for (let each = 0; each < count; each++) recorder.pg(root, `SELECT * FROM t${each} WHERE id = $1`);
    }
    const known = recorder.ended.filter((span) => span.attributes['code.function.name'] === 'start');
    expect(new Set(known.map((span) => span.attributes['db.query.text'])).size).toBe(count);
  },
);

test('call site: what a client is being handed tells its statement before its span does', () => {
  const recorder = new Recorder();
  const root = recorder.start('GET /', SpanKind.SERVER);
  const run = (text: string) => withStatement(text, () => recorder.pg(root, text));
  for (let i = 0; i < 12; i++) run(`SELECT * FROM t${i}`);
  for (let i = 0; i < 5; i++) run('SELECT * FROM item WHERE id = $1');
  expect(functions(recorder)).toEqual([...Array(14).fill(undefined), 'start', 'start', 'start']);
});

test('call site: of a hundred repeats few are looked at, and the last has the place', () => {
  const recorder = new Recorder();
  const root = recorder.start('GET /', SpanKind.SERVER);
  const { captureStackTrace } = Error;
  let looks = 0;
  Error.captureStackTrace = (...args) => {
    looks++;
    captureStackTrace(...args);
  };
  try {
    for (let i = 0; i < 100; i++) loadItem(recorder, root);
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
  expect(looks).toBe(6);
  expect(functions(recorder).at(-1)).toBe('start');
});

test('call site: outgoing requests have one too, other spans none', () => {
  const recorder = new Recorder({ callSite: 'all' });
  const http = { 'http.request.method': 'GET', 'url.full': 'http://a/b' };
  recorder.start('GET', SpanKind.CLIENT, undefined, http).end();
  recorder.start('GET /', SpanKind.SERVER, undefined, http).end();
  recorder.start('work').end();
  expect(functions(recorder)).toEqual(['start', undefined, undefined]);
});

test('call site: what the app does with stacks is left as it was', () => {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.prepareStackTrace = () => 'mine';
    Error.stackTraceLimit = 3;
    expect(captureCallSite()?.file).toMatch(/call-site\.test\.ts$/);
    expect(new Error('x').stack).toBe('mine');
    expect(Error.stackTraceLimit).toBe(3);
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
});

test('call site: is where the code was written, by the map beside the file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'agentlog-site-'));
  try {
    // Line 1 of out.cjs stands for line 41 of orders.ts: "AAwCA" is [0, 0, 40, 0].
    const code = 'exports.loadOrders = function loadOrders(start) { return start(); };\n';
    const map = { version: 3, sources: ['../src/orders.ts'], names: [], mappings: 'AAwCA', file: 'out.cjs' };
    const file = join(directory, 'out.cjs');
    writeFileSync(file, code);
    writeFileSync(`${file}.map`, JSON.stringify(map));
    const { loadOrders } = createRequire(import.meta.url)(file);
    const site = loadOrders(captureCallSite);
    expect(site).toMatchObject({ file, line: 1, functionName: 'loadOrders' });
    expect(sourceLocation(site.file, site.line, site.column)).toEqual({
      file: join(directory, '../src/orders.ts'),
      line: 41,
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('call site: an app that froze `Error` loses the place and nothing else', () => {
  vi.stubGlobal('Error', Object.freeze(class Frozen extends Error {}));
  onTestFinished(() => void vi.unstubAllGlobals());
  expect(captureCallSite()).toBeUndefined();
});
