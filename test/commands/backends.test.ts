import { expect, test } from 'vitest';
import { fixtureSpans, json, recordings, startStub } from '../sources/recorded.ts';
import { runCli } from './run-cli.ts';

const recorded = recordings('tempo');
const [{ traceId } = { traceId: '' }] = fixtureSpans();

/** A Tempo that searches a week at most and finds `found`. */
async function tempo(found: readonly string[], status = 'COMPLETE'): Promise<string> {
  const { url } = await startStub(({ pathname, searchParams }) => {
    if (pathname === '/api/search') {
      if (searchParams.get('start') === '1') return json('range exceeds', 400);
      return json({ traces: found.map((traceID) => ({ traceID })) });
    }
    const body = recorded.get('trace-v2-1')?.response.body as object;
    return json(pathname.endsWith(traceId) ? { ...body, status } : { trace: {} });
  });
  return `tempo:${url}`;
}

test('backends: how far back a backend looked is said, in the table and as JSON', async () => {
  const source = await tempo([traceId]);
  const table = await runCli(['traces', '--source', source]);
  expect(table).toMatchObject({ code: 0, stdout: expect.stringContaining(traceId) });
  expect(table.stdout).toMatch(/Looked back to \d{4}-\d\d-\d\dT.*--since/);
  const asJson = await runCli(['traces', '--source', source, '--json']);
  expect(asJson).toMatchObject({ code: 0, stderr: '' });
  const { coverage } = JSON.parse(asJson.stdout) as { coverage: Record<string, unknown> };
  expect(coverage.searchedSinceUnixNano).toMatch(/^\d{19}$/);
});

test('backends: an answer that rests on a sample says of how many', async () => {
  const ids = Array.from({ length: 100 }, (_, index) => String(index + 1).padStart(32, '0'));
  const { stdout } = await runCli(['traces', '--source', await tempo([traceId, ...ids.slice(1)])]);
  expect(stdout).toMatch(/1 trace was read, and there may be more/);
});

test('backends: an empty answer names no files', async () => {
  const { code, stdout } = await runCli(['traces', '--source', await tempo([])]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/No traces: tempo:http\S+ gave none/);
  expect(stdout).not.toMatch(/file/);
});

test('backends: stats says what there is, from how much, and what is not kept', async () => {
  const source = await tempo([traceId]);
  const { code, stdout } = await runCli(['stats', '--source', source]);
  expect(code).toBe(0);
  expect(stdout).toContain(`place     ${source}\n`);
  expect(stdout).toMatch(/^spans {5}14 \(of the traces that were read\)$/m);
  expect(stdout).toMatch(/^logs {6}not kept there$/m);
  expect(stdout).toMatch(/^services {2}"?shop"?$/m);
  expect(stdout).toMatch(/^rests on {2}.*Looked back to/m);
  const asJson = await runCli(['stats', '--source', source, '--json']);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ accuracy: 'sampled', spanCount: 14, services: ['shop'] });
  expect((await runCli(['stats', '--source', source, '--dir', '.'])).code).toBe(2);
});

test('backends: a partial trace is said in the bundle', async () => {
  const args = ['bundle', '--trace-id', traceId, '--no-code', '--source', await tempo([traceId], 'PARTIAL')];
  const { code, stdout } = await runCli(args);
  expect(code).toBe(0);
  expect(stdout).toContain('PARTIAL');
});

test('backends: a failure is one line with the next step, and the exit code is 1', async () => {
  const { url } = await startStub(() => json({}, 401));
  for (const source of [`tempo:${url}`, `jaeger:${url}`]) {
    const { code, stdout, stderr } = await runCli(['bundle', '--trace-id', traceId, '--source', source]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(
      `${source} could not be asked: it refused the credentials (401). Set AGENTLOG_SOURCE_TOKEN`,
    );
  }
});
