import { beforeAll, describe, expect, test } from 'vitest';
import { type AppRun, runApp } from './run-app.ts';

describe.each(['winston-esm.mjs', 'winston-cjs.cjs'])('winston: %s', (app) => {
  let run: AppRun;

  beforeAll(async () => {
    run = await runApp(app);
  });

  test('every record the app logs is sent once, those it filters are not', () => {
    expect(run.errors).toBe('');
    expect(run.logs.map((log) => [log.body, log.severityText, log.severityNumber])).toEqual([
      ['low on change', 'warn', 13],
      ['sale failed', 'error', 17],
      ['too many', 'error', 17],
      ['on fire', 'crit', 21],
    ]);
  });

  test('a record carries the trace it was logged in', () => {
    const traceId = run.spans.find((span) => span.name === 'sale')?.traceId;
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(run.logs.map((log) => log.traceId)).toEqual([traceId, traceId, undefined, undefined]);
  });

  test('fields are attributes, masked by the format of the app, and errors are exceptions', () => {
    expect(run.logs[0]?.attributes).toEqual({
      part: 'till',
      pin: '***',
      coins: 3,
      at: '1970-01-01T00:00:00.000Z',
      nested: { a: [1] },
    });
    expect(run.logs[1]?.attributes).toMatchObject({
      clerk: 'ann',
      'exception.type': 'TypeError',
      'exception.message': 'no coins',
    });
    expect(run.logs[2]?.attributes).toMatchObject({
      'exception.type': 'RangeError',
      'exception.message': 'too many',
    });
  });

  test('the lines and the transports of the app are as without us', async () => {
    const bare = await runApp(app, { bare: true });
    expect(run.output).toBe(bare.output);
    expect(run.code).toBe(0);
  });
});
