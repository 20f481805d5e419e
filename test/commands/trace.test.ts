/** The stories are drawn in test/formats/golden.test.ts. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeBundle } from '../../src/bundles/index.ts';
import { renderTree } from '../../src/formats/terminal/tree.ts';
import { renderTreeJson } from '../../src/formats/terminal/tree-json.ts';
import { displayWidth } from '../../src/formats/terminal/width.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { Story, type StorySpan } from '../traces/otlp.ts';
import { STORIES } from '../traces/stories.ts';
import { runCli } from './run-cli.ts';

const TRACES = join(import.meta.dirname, '../traces');
const CHECKOUT = 'c0ffee00d15ea5e0c0ffee00d15ea5e0';
async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli([...args, '--source', TRACES]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

for (const [story, id] of Object.entries(STORIES)) {
  test(`trace: the tree of ${story} is what was read and approved`, async () => {
    const { stdout } = await runCli(['trace', id, '--dir', join(TRACES, `${story}.jsonl`)]);
    await expect(stdout).toMatchFileSnapshot(join(TRACES, `${story}.tree.txt`));
  });
}

test('trace: its handles are those of the bundle', async () => {
  const file = join(TRACES, 'n-plus-one.jsonl');
  const bundle = await runCli(['bundle', '--trace-id', 'a1f0c3d2', '--format', 'json', '--dir', file]);
  const tree = await runCli(['trace', 'a1f0c3d2', '--json', '--dir', file]);
  const handlesOf = (text: string): unknown =>
    JSON.parse(text).spans.map(({ handle, spanId }: Record<string, unknown>) => [handle, spanId]);
  expect(handlesOf(tree.stdout)).toEqual(handlesOf(bundle.stdout));
});

test('trace: --json holds what the tree shows: critical path, repeats, depth, groups', async () => {
  const { spans, traceId, leftOutSpanCount } = JSON.parse(await run('trace', 'a1f0c3d2', '--json'));
  expect({ traceId, leftOutSpanCount, count: spans.length }).toEqual({
    traceId: 'a1f0c3d2e4b59687a1f0c3d2e4b59687',
    leftOutSpanCount: 0,
    count: 83,
  });
  expect(spans[1]).toMatchObject({ handle: 2, parentHandle: 1, depth: 1, isCritical: true, isError: false });
  expect(spans[82]).toMatchObject({ repeats: ['N+1 ×40'], groupSize: 40, service: 'shop' });
  const critical = spans.reduce((sum: number, { criticalMs = 0 }) => sum + criticalMs, 0);
  expect(critical).toBeCloseTo(270, 6);
});

test.each(['50', '#50', 'a1f0c3d2000000ce'])(
  'trace: --focus %s shows that span, what is above and below it, and nothing else',
  async (focus) => {
    const lines = (await run('trace', 'a1f0c3d2', '--focus', focus)).split('\n');
    const rows = lines.filter((line) => /^[* ] +#\d/.test(line));
    expect(rows.map((row) => /#[\d-]+/.exec(row)?.[0])).toEqual(['#1', '#2', '#50']);
    expect(rows[2]).toContain('N+1 ×40');
  },
);

test('trace: --focus on a parent shows what is below it', async () => {
  const { spans, focus } = JSON.parse(await run('trace', CHECKOUT, '--focus', '3', '--json'));
  expect(focus).toBe(3);
  expect(spans.map(({ handle }: { handle: number }) => handle)).toEqual([1, 3, 4, 5]);
});

test('trace: --max-chars is kept at every size, in whole lines, and what is left out is counted', async () => {
  const whole = (await run('trace', CHECKOUT)).split('\n');
  expect((await run('trace', CHECKOUT, '--max-chars', '600')).length).toBeLessThanOrEqual(600);
  const bundle = await makeBundle(new JsonlSource(TRACES), CHECKOUT);
  for (let maxChars = 250; maxChars < 1_400; maxChars += 7) {
    const text = renderTree(bundle, { maxChars }, { columns: undefined, hasColors: false });
    expect(text.length).toBeLessThanOrEqual(maxChars);
    const rows = text.split('\n').filter((line) => /^[* ] +#\d/.test(line));
    for (const row of rows) expect(whole).toContain(row);
    expect(rows.length + Number(/^# (\d+) spans? in/m.exec(text)?.[1] ?? 0)).toBe(5);
    const json = renderTreeJson(bundle, { maxChars: maxChars + 3_000 });
    expect(json.length).toBeLessThanOrEqual(maxChars + 3_000);
    const { spans, leftOutSpanCount } = JSON.parse(json);
    expect(spans.length + leftOutSpanCount).toBe(5);
  }
});

function store(count: number, span: (id: number) => StorySpan): string {
  const directory = temporaryDirectory();
  const story = new Story('1a2b3c4d'.repeat(4));
  for (let first = 1; first <= count; first += 1_000) {
    const ids = Array.from({ length: Math.min(1_000, count - first + 1) }, (_, index) => first + index);
    appendFileSync(join(directory, 'a.jsonl'), `${story.spans({ 'service.name': 's' }, ids.map(span))}\n`);
  }
  return directory;
}

test('trace: what failed at the bottom of 10,000 levels is shown also when little may be said', async () => {
  const directory = store(10_000, (id) => ({
    id,
    ...(id > 1 && { parent: id - 1 }),
    name: 'level',
    at: id / 100,
    ms: 200 - id / 100,
    ...(id === 10_000 && { error: 'the bottom' }),
  }));
  const { stdout } = await runCli(['trace', '1a2b3c4d', '--dir', directory, '--max-chars', '1000']);
  expect(stdout.length).toBeLessThanOrEqual(1_000);
  expect(stdout).toMatch(/#10000 .*ERROR "the bottom"/);
  expect(stdout).toMatch(/# 99\d\d spans in/);
});

test('trace: 100,000 spans side by side are one row', async () => {
  const directory = store(100_000, (id) => ({
    id,
    ...(id > 1 && { parent: 1 }),
    name: id === 1 ? 'root' : 'step',
    at: id / 10,
    ms: 0.1,
  }));
  const { stdout } = await runCli(['trace', '1a2b3c4d', '--dir', directory]);
  expect(stdout).toContain('#2-100000 "step" ×99999');
  const focused = await runCli(['trace', '1a2b3c4d', '--focus', '77', '--dir', directory]);
  expect(focused.stdout).toMatch(/^[* ] +#77 "step"/m);
});

test('trace: the tokens of a group are those of all its calls', async () => {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'm',
    'gen_ai.usage.input_tokens': 5,
  };
  const calls = [1, 2, 3].map((id) => ({
    id: id + 1,
    parent: 1,
    name: 'chat m',
    kind: 3,
    at: id,
    ms: 1,
    attributes,
  }));
  const line = new Story('3'.repeat(32)).spans({}, [{ id: 1, name: 'root', at: 0, ms: 9 }, ...calls]);
  const directory = temporaryDirectory({ 'a.jsonl': `${line}\n` });
  const { stdout } = await runCli(['trace', '33333333', '--dir', directory]);
  expect(stdout).toMatch(/#2-4 .*×3 .*tokens Σ15→\?/);
});

test('trace: a trace of which only log records are here is shown as such', async () => {
  const line = new Story('4'.repeat(32)).logs({ 'service.name': 's' }, [{ at: 0, severity: 9, body: 'x' }]);
  const directory = temporaryDirectory({ 'a.jsonl': `${line}\n` });
  const tree = await runCli(['trace', '44444444', '--dir', directory]);
  expect(tree).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/no spans\n.*0 spans, .*1 log record/),
  });
  const { spans } = JSON.parse((await runCli(['trace', '44444444', '--json', '--dir', directory])).stdout);
  expect(spans).toEqual([]);
  const none = await runCli(['spans', '44444444', '1', '--dir', directory]);
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('only log records') });
});

test('trace: 80 columns hold what a repeat is: how often, where, and that it is an N+1', async () => {
  const file = join(TRACES, 'n-plus-one.jsonl');
  const { stdout } = await runCli(['trace', 'a1f0c3d2', '--dir', file], { env: { COLUMNS: '80' } });
  const row = stdout.split('\n').find((line) => line.includes('#44-83 '));
  expect(row).toMatch(/#44-83 "[^"]+…" ×40 Σ[\d.]+ms.* \([^/]+:\d+\) N\+1 ×40/);
  expect(stdout).toMatch(/^# PROBLEM n-plus-one #44-83: /m);
});

test('trace: no line is wider than COLUMNS, and duration and ERROR stay where a name is long', async () => {
  const line = new Story('5'.repeat(32)).spans({ 'service.name': '店' }, [
    { id: 1, name: `注文${'を一覧する'.repeat(40)}`, at: 0, ms: 7, error: 'x' },
  ]);
  const directory = temporaryDirectory({ 'a.jsonl': `${line}\n` });
  const { stdout } = await runCli(['trace', '55555555', '--dir', directory], { env: { COLUMNS: '90' } });
  for (const row of stdout.split('\n')) expect(displayWidth(row)).toBeLessThanOrEqual(90);
  expect(stdout).toMatch(/7ms at .*ERROR/);
});

describe('spans', () => {
  test.each([
    [
      ['3', '#5'],
      [3, 5],
    ],
    [['#3-5'], [3, 4, 5]],
    [['3-#4,1'], [3, 4, 1]],
    [['c0ffee0000000005', '5'], [5]],
  ])('%j names its spans', async (names, handles) => {
    const { spans } = JSON.parse(await run('spans', 'c0ffee00', ...names, '--json'));
    expect(spans.map(({ handle }: { handle: number }) => handle)).toEqual(handles);
  });

  test('everything that was recorded is there, a stack line by line', async () => {
    const text = await run('spans', CHECKOUT, '5');
    for (const piece of [
      '#5 "charge card"',
      'parent #4',
      '+22ms',
      'service.version = 0.9.0',
      'event exception at +201ms',
      '"    at charge (/srv/shop/payments.cjs:41:11)"',
      'scope story',
      'logs --trace c0ffee00 --span 5',
    ]) {
      expect(text).toContain(piece);
    }
  });

  test('--json holds attributes, events, links, resource and scope', async () => {
    const { spans } = JSON.parse(await run('spans', CHECKOUT, '5', '--json'));
    expect(spans[0]).toMatchObject({
      handle: 5,
      parentHandle: 4,
      resource: { 'service.name': 'payments' },
      scope: { name: 'story' },
      events: [{ name: 'exception' }],
      links: [],
      durationMs: 180,
    });
  });

  test('a long value is whole, hostile text stays on its line', async () => {
    const file = join(TRACES, 'hostile.jsonl');
    const { stdout } = await runCli(['spans', 'badbadba', '1-24', '--dir', file]);
    expect(stdout).toContain('A'.repeat(4_900));
    expect(stdout).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
    for (const line of stdout.split('\n').filter((each) => each !== '')) {
      expect(line).toMatch(/^(?:#\d+ "| {2}(?:[a-z\d]| {2}))/);
    }
  });
});

test.each([
  [['trace', 'xyz'], 2, /32 hex digits/],
  [['trace'], 2, /missing required argument/],
  [['trace', 'f'.repeat(32)], 1, /not found in/],
  [['trace', CHECKOUT, '--focus', '99'], 1, /the spans #1 to #5, and no #99/],
  [['trace', CHECKOUT, '--focus', 'root'], 2, /16 hex digits/],
  [['trace', CHECKOUT, '--focus', '1-2'], 2, /--focus to be one span/],
  [['trace', CHECKOUT, '--max-chars', '10'], 2, /--max-chars to be a whole number from 250/],
  [['spans', CHECKOUT], 2, /Name the spans.*comment/],
  [['spans', CHECKOUT, '3-99'], 1, /no #99/],
  [['spans', CHECKOUT, 'a'.repeat(16)], 1, /and no `a{16}`/],
  [['spans', CHECKOUT, '-x'], 2, /unknown option/],
])('trace: %j fails with exit %i and the next step', async (args, code, message) => {
  const outcome = await runCli([...args, '--source', TRACES]);
  expect(outcome).toMatchObject({ code, stdout: '' });
  expect(outcome.stderr).toMatch(message);
});
