import { beforeAll, describe, expect, test } from 'vitest';
import { type AppRun, type RecordedSpan, runApp } from './run-app.ts';

describe.each(['fastify-esm.mjs', 'fastify-cjs.cjs'])('fastify: %s', (app) => {
  let run: AppRun;
  let bare: AppRun;

  beforeAll(async () => {
    run = await runApp(app);
    bare = await runApp(app, { bare: true });
  });

  function server(path: string): RecordedSpan | undefined {
    return run.spans.find((span) => span.kind === 1 && span.attributes['url.path'] === path);
  }

  test('the app answers as it does without us', () => {
    expect(run.output).toBe(bare.output);
    expect(run).toMatchObject({ code: 0, errors: '' });
  });

  test('the server span has the route and is named after it', () => {
    expect(server('/items/7')).toMatchObject({
      name: 'GET /items/:id',
      attributes: { 'http.route': '/items/:id', 'http.response.status_code': 200 },
      events: [],
    });
    expect(server('/nowhere')?.attributes['http.route']).toBeUndefined();
  });

  test('the error behind a 500 is on the span, also when the app handles it itself', () => {
    const failed = server('/fails');
    expect(failed?.status.code).toBe(2);
    expect(failed?.events.map((event) => event.attributes['exception.message'])).toEqual([
      'the till is stuck',
    ]);
    const handled = server('/handled/9');
    expect(handled?.attributes['error.type']).toBe('500');
    expect(handled?.events.map((event) => event.attributes['exception.message'])).toEqual(['no stock']);
  });

  test('an error that is an answer is not recorded as a fault', () => {
    expect(server('/refuses')).toMatchObject({
      attributes: { 'http.response.status_code': 403 },
      events: [],
    });
  });
});
