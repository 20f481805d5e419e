import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ROOT } from '../e2e/run-app.ts';

/** As small as they can be: what is shown is that they run and print their table, not a figure. */
test.each([
  ['overhead.ts', { ROUNDS: '1', REQUESTS: '50' }, /^\| start-up, protobuf \| [\d.]+ × /m],
  ['pipeline.ts', { REQUESTS: '20', SAMPLES: '4' }, /^\| with OTLP as protobuf: all \| [\d.]+ /m],
  ['genai.ts', { ROUNDS: '1' }, /^google +a call: /m],
])('bench: %s runs', { timeout: 300_000 }, async (script, env, printed) => {
  const options = { cwd: ROOT, env: { ...process.env, ...env } };
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'test/bench', script)], options);
  expect(stdout).toMatch(printed);
});
