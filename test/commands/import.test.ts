import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { logsRequest, spansRequest } from '../../src/core/otlp/requests.ts';
import type { Span } from '../../src/core/span.ts';
import { openSource } from '../../src/sources/index.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { plain } from '../sources/like-reference.ts';
import { randomTelemetry } from '../sources/random-telemetry.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { type Outcome, runCli } from './run-cli.ts';

const { spans, logs } = randomTelemetry(11, 30);
const LINES = `${JSON.stringify(spansRequest(spans))}\n${JSON.stringify(logsRequest(logs))}\n`;

interface ZipFile {
  readonly name: string;
  readonly content: string | Buffer;
  /** What the archive claims, when it lies. */
  readonly size?: number;
}

/** A small zip, by hand: the tests need ones that no honest library makes. */
function zip(files: readonly ZipFile[]): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const file of files) {
    const content = Buffer.from(file.content);
    const [packed, name] = [deflateRawSync(content), Buffer.from(file.name)];
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(file.size ?? content.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), shared, name, packed]);
    locals.push(local);
    entries.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), shared, rest, name]));
    at += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(Buffer.concat(entries).length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, ...entries, Buffer.from('PK\u0005\u0006'), end]);
}

const TRACES: ZipFile = { name: 'traces.otlp.jsonl', content: `${JSON.stringify(spansRequest(spans))}\n` };
const LOGS: ZipFile = { name: 'logs.otlp.jsonl', content: `${JSON.stringify(logsRequest(logs))}\n` };

function manifestOf(files: readonly ZipFile[]): ZipFile {
  const sums = files.map(({ name, content }) => ({
    name,
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  return { name: 'manifest.json', content: JSON.stringify({ schemaVersion: 1, files: sums }) };
}

async function importing(
  files: Readonly<Record<string, string | Buffer>>,
): Promise<Outcome & { readonly store: string }> {
  const directory = temporaryDirectory(files);
  const store = join(directory, 'store');
  const run = await runCli(['import', ...Object.keys(files), '--dir', store], { cwd: directory });
  return { ...run, store };
}

async function expectAllIn(store: string, wanted: readonly Span[] = spans): Promise<void> {
  const source = await openSource(store);
  const reference = new MemorySource(wanted, logs);
  for (const id of new Set(wanted.map((span) => span.traceId))) {
    expect(plain((await source.trace(id)).trace)).toEqual(plain((await reference.trace(id)).trace));
  }
}

test.each([
  ['lines', 'otlp.jsonl', LINES],
  ['lines packed by gzip', 'otlp.jsonl.gz', gzipSync(LINES)],
  ['lines packed by zstd, named anything', 'trace-export', zstdCompressSync(LINES)],
  ['a bundle', 'bundle.zip', zip([TRACES, LOGS, manifestOf([TRACES, LOGS])])],
])('import: %s come into a new store, private, every field of them', async (_, name, content) => {
  const run = await importing({ [name]: content });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toBe(`Imported ${spans.length} spans and ${logs.length} log records from ${name}.\n`);
  await expectAllIn(run.store);
  expect(statSync(run.store).mode & 0o777).toBe(0o700);
  const names = readdirSync(run.store).filter((each) => each !== '.gitignore');
  expect(names.every((each) => /\.(?:traces|logs)\.jsonl$/.test(each))).toBe(true);
  for (const each of names) expect(statSync(join(run.store, each)).mode & 0o777).toBe(0o600);
});

test('import: a bundle that `bundle --format zip` made on another machine gives the same trace here', async () => {
  const directory = temporaryDirectory({ 'there.jsonl': LINES });
  const [{ traceId } = { traceId: '' }] = spans;
  const cwd = { cwd: directory };
  const bundle = ['bundle', '--trace-id', traceId, '--no-code'];
  await runCli([...bundle, '--dir', 'there.jsonl', '--format', 'zip', '--out', 'there.zip'], cwd);
  expect(await runCli(['import', 'there.zip', '--dir', 'here'], cwd)).toMatchObject({ code: 0, stderr: '' });
  const traceOf = async (dir: string): Promise<object> =>
    plain((await (await openSource(join(directory, dir))).trace(traceId)).trace);
  expect(await traceOf('here')).toEqual(await traceOf('there.jsonl'));
});

test('import: the same a second time changes nothing', async () => {
  const directory = temporaryDirectory({ 'a.jsonl': LINES, 'b.jsonl': LINES });
  const store = join(directory, 'store');
  await runCli(['import', 'a.jsonl', '--dir', store], { cwd: directory });
  const names = readdirSync(store);
  const again = await runCli(['import', 'b.jsonl', '--dir', store], { cwd: directory });
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('is in the store already') });
  expect(readdirSync(store)).toEqual(names);
});

test('import: what cannot be read of a file is said, the rest comes in', async () => {
  const { code, stderr, store } = await importing({ 'a.jsonl': `not json\n${LINES}{"resourceSpans":[{"sco` });
  expect(code).toBe(0);
  expect(stderr).toMatch(/1 lines are no OTLP and were left out/);
  expect(stderr).toMatch(/last line is cut off/);
  await expectAllIn(store);
});

test('import: a secret in a file of another origin is masked before it is in the store', async () => {
  const secret = ['sk', 'live', 'a1B2c3D4e5F6'.repeat(2)].join('_');
  const [span] = spans as [Span];
  const line = JSON.stringify(spansRequest([{ ...span, attributes: { 'app.note': `password=${secret}` } }]));
  const { store } = await importing({ 'a.jsonl': `${line}\n` });
  for (const name of readdirSync(store))
    expect(readFileSync(join(store, name), 'utf8')).not.toContain(secret);
});

const OTHER: ZipFile = { ...TRACES, content: `${JSON.stringify(spansRequest(spans.slice(1)))}\n` };
const UP: ZipFile = { name: '../../escaped.jsonl', content: LINES };

test.each<[string, Buffer, RegExp]>([
  ['was changed', zip([OTHER, LOGS, manifestOf([TRACES, LOGS])]), /not what its manifest says/],
  ['lacks a file', zip([TRACES, manifestOf([TRACES, LOGS])]), /names is missing/],
  ['holds a file too many', zip([TRACES, LOGS, manifestOf([TRACES])]), /does not name/],
  ['has no manifest', zip([TRACES, LOGS]), /no manifest\.json/],
  ['has names that lead out', zip([UP, TRACES, manifestOf([UP, TRACES])]), /leads out of its folder/],
  ['has an absolute name', zip([{ ...UP, name: '/etc/escaped' }, manifestOf([])]), /leads out of its folder/],
  ['holds a name twice', zip([TRACES, TRACES, manifestOf([TRACES])]), /a name twice/],
  ['says it is small and is not', zip([{ ...TRACES, size: 10 }, manifestOf([TRACES])]), /damaged/],
  ['says it is huge', zip([{ ...TRACES, size: 2 ** 31 }, manifestOf([TRACES])]), /larger than 256 MiB/],
  ['is cut off', zip([TRACES, LOGS, manifestOf([TRACES, LOGS])]).subarray(0, -30), /damaged or cut off/],
  [
    'has a manifest without sums',
    zip([TRACES, { name: 'manifest.json', content: '{"files":[{"name":"x"}]}' }]),
    /sha256 of each file/,
  ],
])('import: a bundle that %s is refused whole', async (_, bytes, message) => {
  const { code, stderr, store } = await importing({ 'bundle.zip': bytes });
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  const names = existsSync(store) ? readdirSync(store) : [];
  expect(names.filter((name) => name.includes('.jsonl') || name.endsWith('.tmp'))).toEqual([]);
  expect(existsSync(join(store, '../../escaped.jsonl'))).toBe(false);
});

test('import: what is no telemetry, or not there, is said with the next step', async () => {
  expect(await importing({ 'a.txt': 'hello\n' })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/Nothing was imported. Expected OTLP/),
  });
  const run = await runCli(['import', 'absent.jsonl'], { cwd: temporaryDirectory() });
  expect(run).toMatchObject({ code: 1, stderr: expect.stringMatching(/ENOENT.*Check the path/) });
  expect((await runCli(['import'])).code).toBe(2);
});
