import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sealFile } from '../../src/exporters/jsonl/seal.ts';
import { compactStore } from '../../src/store/parquet/compact.ts';
import { GONE, idOf, SERVICE, writeFile, writeTrace } from '../store/fleet.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { Story } from '../traces/otlp.ts';
import { runCli } from './run-cli.ts';

const METRICS = JSON.stringify({
  resourceMetrics: [
    {
      scopeMetrics: [
        {
          metrics: [
            { name: 'a', sum: { dataPoints: [{}, {}] } },
            { name: 'b', gauge: { dataPoints: [{}] } },
          ],
        },
      ],
    },
  ],
});

async function store(): Promise<string> {
  const directory = temporaryDirectory();
  writeTrace(directory, 1, { daysAgo: 5, hasError: true });
  await compactStore(directory);
  const payments = new Story(idOf(2)).spans({ 'service.name': 'payments' }, [
    { id: 1, name: 'charge', at: 0, ms: 3, droppedAttributesCount: 4 },
  ]);
  await sealFile(writeFile(directory, `${payments}\n`, { daysAgo: 3 }));
  writeTrace(directory, 3, { daysAgo: 1 });
  writeFile(directory, `${METRICS}\n`, { signal: 'metrics' });
  writeFile(directory, `rubbish\n${new Story(idOf(4)).spans(SERVICE, []).slice(0, 30)}`);
  return directory;
}

test('stats: what is there by kind, window, counts, services, drops and faults', async () => {
  const directory = await store();
  const { code, stdout } = await runCli(['stats', '--dir', directory, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    kinds: {
      hot: { fileCount: 4 },
      sealed: { fileCount: 1 },
      parquet: { fileCount: 2 },
      other: { fileCount: 0 },
    },
    spanCount: 5,
    logCount: 2,
    metricPointCount: 3,
    droppedCount: 4,
    services: ['payments', 'shop'],
    coverage: { corruptLineCount: 1, tornLineCount: 1, oldestUnixNano: expect.stringMatching(/^\d{19}$/) },
  });
  const text = await runCli(['stats', '--dir', directory]);
  expect(text.stdout).toMatch(/^sealed {4}1 file, \d+ B$/m);
  expect(text.stdout).toMatch(/^spans {5}5$/m);
  expect(text.stdout).toContain('1 corrupt line, 1 torn last line');
});

test('stats: a hostile service name stays in its line', async () => {
  const directory = temporaryDirectory();
  const story = new Story(idOf(1));
  writeFile(
    directory,
    `${story.spans({ 'service.name': 'a\n# b\u001b[2J' }, [{ id: 1, name: 'x', at: 0, ms: 1 }])}\n`,
  );
  for (const extra of [[], ['--json']]) {
    const { stdout } = await runCli(['stats', '--dir', directory, ...extra]);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toMatch(/^# b/m);
  }
});

test('compact and prune: work as commands, say what they did, and as JSON', async () => {
  const directory = await store();
  const compacted = await runCli(['compact', '--dir', directory, '--json']);
  expect(JSON.parse(compacted.stdout)).toMatchObject({ fileCount: 4, spanCount: 3, leftFileCount: 0 });
  expect((await runCli(['compact', '--dir', directory])).stdout).toBe('Nothing to compact.\n');
  const dry = await runCli(['prune', '--dir', directory, '--older-than', '0s', '--dry-run', '--keep-errors']);
  expect(dry.stdout).toMatch(/Would remove 3 files, .* Traces with errors would stay\.\n$/);
  const json = await runCli(['prune', '--dir', directory, '--older-than', '0s', '--keep-errors', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ isDryRun: false, keptTraceCount: 1, keptSpanCount: 2 });
  const { stdout } = await runCli(['traces', '--dir', directory, '--json']);
  expect(JSON.parse(stdout).traces).toMatchObject([{ traceId: idOf(1) }]);
  expect(readdirSync(directory)).toEqual(['parquet']);
});

test('compaction: a reader of more than 256 MB begins one behind its answer, once, unless it is turned off', async () => {
  const directory = temporaryDirectory();
  writeTrace(directory, 1, { daysAgo: 2 });
  writeTrace(directory, 2, { daysAgo: 1 });
  // Blank lines are nothing to read; a hole takes no place on the disk.
  const [large = ''] = readdirSync(directory).filter((name) => name.includes('traces'));
  truncateSync(join(directory, large), 260 * 1024 * 1024);
  const run = (env: NodeJS.ProcessEnv) => runCli(['trace', idOf(2), '--dir', directory], { env });
  expect((await run({ AGENTLOG_AUTO_COMPACT: 'off' })).stderr).toBe('');
  const { code, stderr } = await run({});
  expect(code).toBe(0);
  expect(stderr).toMatch(/^Compacting 273 MB in the background, .*AGENTLOG_AUTO_COMPACT=off.*\n$/);
  const isCompacted = () => readdirSync(directory).filter((name) => name.endsWith('.jsonl')).length <= 1;
  for (let count = 0; count < 600 && !isCompacted(); count += 1) {
    await new Promise((done) => setTimeout(done, 100));
  }
  expect(isCompacted()).toBe(true);
  expect((await run({})).stderr).toBe('');
}, 90_000);

test('prune: without a limit, with a wrong one, or on a file, it is refused and nothing goes', async () => {
  const directory = temporaryDirectory();
  const path = writeFile(directory, '{}\n', { pid: GONE });
  for (const args of [[], ['--max-size', 'much'], ['--older-than', 'x'], ['--max-size', '-1']]) {
    expect((await runCli(['prune', '--dir', directory, ...args])).code).toBe(2);
  }
  expect((await runCli(['prune', '--dir', path, '--older-than', '0s'])).code).toBe(2);
  expect((await runCli(['prune', '--dir', join(directory, 'nowhere'), '--older-than', '0s'])).code).toBe(1);
  expect(readdirSync(directory)).toHaveLength(1);
});
