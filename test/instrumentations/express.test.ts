import { expect, test } from 'vitest';
import { runApp } from './run-app.ts';

test.each(['express-esm.mjs', 'express-cjs.cjs'])(
  'upstream: %s gets server, client and database spans with the stable names',
  async (app) => {
    const run = await runApp(app);
    expect(run).toMatchObject({ code: 0, output: '200\n', errors: '' });
    const server = run.spans.find((span) => span.kind === 1);
    expect(server).toMatchObject({
      name: 'GET /orders/:id',
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/orders/:id',
        'http.response.status_code': 200,
      },
    });
    const client = run.spans.find((span) => span.kind === 2 && span.attributes['url.full'] !== undefined);
    expect(server?.parentSpanId).toBe(client?.spanId);
    const pool = run.spans.find((span) => span.name.startsWith('pg'));
    expect(pool?.attributes).toMatchObject({ 'db.system.name': 'postgresql', 'db.namespace': 'shop' });
    expect(pool?.traceId).toBe(server?.traceId);
    const keys = run.spans.flatMap((span) => Object.keys(span.attributes));
    expect(
      keys.filter((key) => /^(http\.method|http\.url|http\.status_code|db\.system|db\.statement)$/.test(key)),
    ).toEqual([]);
  },
);
