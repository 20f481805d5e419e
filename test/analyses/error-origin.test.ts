import { expect, test } from 'vitest';
import type { StoryLog, StorySpan, Values } from '../traces/otlp.ts';
import { evidence, run } from './run.ts';

const STACK = (head: string): string =>
  `${head}\n    at /app/node_modules/pg-pool/index.js:45:11\n    at async find (/app/src/find.mjs:7:20)`;
const exception = (type: string, message: string, stack?: string): Values => ({
  ...(type !== '' && { 'exception.type': type }),
  'exception.message': message,
  ...(stack !== undefined && { 'exception.stacktrace': stack }),
});
const event = (attributes: Values): NonNullable<StorySpan['events']> => [
  { name: 'exception', at: 5, attributes },
];
const root: StorySpan = { id: 1, name: 'GET /books', kind: 2, at: 0, ms: 20, error: true };
const handler: StorySpan = { id: 2, parent: 1, name: 'handler', at: 1, ms: 18, error: 'x' };
const client: StorySpan = { id: 3, parent: 2, name: 'call', kind: 3, at: 2, ms: 9, error: true };

test('error-origin: what a driver told without a stack gets the place from the span that let it through', () => {
  const said = 'column "b" does not exist';
  const [finding] = run('error-origin', [
    root,
    { ...handler, events: event(exception('42703', said, STACK(`error: ${said}`))) },
    {
      ...client,
      error: said,
      events: event(exception('', 'PostgreSQL error occurred')),
      attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT b FROM t' },
    },
  ]);
  expect(evidence(finding)[0]).toBe(3);
  expect(finding?.facts).toMatchObject({
    type: '42703',
    message: said,
    at: '/app/src/find.mjs:7',
    function: 'find',
    statement: 'SELECT b FROM t',
  });
});

test('error-origin: what came of a failed call stands beside it, with the line that threw it', () => {
  const [finding] = run('error-origin', [
    root,
    { ...handler, events: event(exception('Error', 'CRM answered 401', STACK('Error: CRM answered 401'))) },
    {
      ...client,
      attributes: {
        'http.request.method': 'GET',
        'url.full': 'http://crm/contacts/7',
        'http.response.status_code': 401,
        'error.type': '401',
      },
    },
  ]);
  expect(finding?.facts).toMatchObject({
    call: 'GET http://crm/contacts/7',
    status: 401,
    ledTo: 'Error: CRM answered 401',
    thrownAt: '/app/src/find.mjs:7',
  });
  expect(finding?.facts.at).toBeUndefined();
});

test('error-origin: a line of Node itself is no place, and a DOMException goes by its name', () => {
  const stack =
    'TimeoutError: aborted\n    at new DOMException (node:internal/per_context/domexception:76:18)';
  const [finding] = run('error-origin', [
    root,
    { ...client, parent: 1, events: event(exception('23', 'aborted', stack)) },
  ]);
  expect(finding?.facts.type).toBe('TimeoutError');
  expect(finding?.facts.at).toBeUndefined();
});

const logged = (severity: number, type: string): StoryLog => ({
  span: 2,
  at: 9,
  severity,
  body: 'text',
  attributes: exception(type, `${type} it was`, STACK(`${type}: it was`)),
});
const calm: StorySpan = { id: 1, name: 'GET /books', kind: 2, at: 0, ms: 20 };
const healthy: StorySpan[] = [calm, { id: 2, parent: 1, name: 'handler', at: 1, ms: 18 }];

test('error-origin: an exception that nobody caught is a problem, also below spans that went well', () => {
  const [finding] = run('error-origin', healthy, [logged(17, 'Minor'), logged(21, 'Fatal')]);
  expect(finding).toMatchObject({
    severity: 'problem',
    facts: { type: 'Fatal', uncaught: true, at: '/app/src/find.mjs:7' },
  });
  expect(finding?.title).toMatch(/^Nobody caught/);
});

test('error-origin: an exception that was caught and logged as an error is told once; a warning is none', () => {
  const [finding, ...more] = run('error-origin', healthy, [logged(17, 'Lost'), logged(17, 'Lost')]);
  expect(finding).toMatchObject({ severity: 'problem', facts: { type: 'Lost', wentOn: true } });
  expect(more).toEqual([]);
  expect(run('error-origin', healthy, [logged(13, 'Lost')])).toEqual([]);
  const failed = [root, { ...handler, events: event(exception('Lost', 'Lost it was')) }];
  expect(run('error-origin', failed, [logged(17, 'Lost')])).toHaveLength(1);
});

test('error-origin: a failed call below a request that was refused with 4xx reached the root', () => {
  const refused = { ...calm, attributes: { 'http.response.status_code': 429 } };
  const [finding] = run('error-origin', [refused, handler]);
  expect(finding?.severity).toBe('problem');
  expect(run('error-origin', [calm, handler])[0]?.severity).toBe('note');
});
