import { expect, test } from 'vitest';
import { runApp } from './run-app.ts';

test('http: a request whose client hung up before any answer has no status that was never sent', async () => {
  const { code, output, spans, errors } = await runApp('unanswered.mjs');
  expect({ code, output, errors }).toEqual({ code: 0, output: 'done\n', errors: '' });
  const statusOf = Object.fromEntries(
    spans
      .filter(({ kind }) => kind === 1)
      .map(({ attributes }) => [attributes['url.path'], attributes['http.response.status_code']]),
  );
  expect(statusOf).toEqual({ '/answered': 200, '/streams': 200, '/hangs': 499 });
});
