/**
 * Reading at size: `npm run bench:read [-- --readme]`. Environment: SPANS (10000,1000000; add 10000000), ROUNDS (3).
 * With 10 million spans it takes about 25 minutes and 15 GB of disk; lines of that size are read once, and not sealed.
 *
 * Makes stores of realistic, seeded telemetry and asks each question in a process of its own, of the files as they
 * were written and after `compact`. The measure is reading the same files with `JSON.parse` of each line in the same
 * run. Prints the README's table.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { writeBlock } from '../readme/blocks.ts';
import { type Generated, generate } from './read/generate.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SIZES = (process.env.SPANS ?? '10000,1000000').split(',').map(Number);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const QUESTIONS = {
  lookup: 'one trace by its id',
  again: 'another in the same process',
  route: 'the newest 20 traces of a route',
  errors: 'the newest 20 failed traces',
  p95: 'p95 by route',
  repeats: 'queries by signature: count, traces, time (N+1)',
  bundle: '`bundle --trace-id`, the whole command',
} as const;
type Question = keyof typeof QUESTIONS;

interface Sample {
  readonly ms: number;
  readonly rssMb: number;
  readonly result: number;
}

interface Measured {
  readonly data: Generated;
  readonly parse: Sample;
  readonly hot: Record<Question, Sample>;
  readonly compacted: Record<Question, Sample>;
  readonly compact: Sample;
  readonly sealing?: { readonly sample: Sample; readonly bytes: number };
}

/** Of larger stores lines are read once, and not sealed. */
const LARGE_SPANS = 2_000_000;

const home = mkdtempSync(join(tmpdir(), 'agentlog-bench-read-'));

/** A question that would need more memory than a reader may take is refused, by its code. */
const REFUSED = 'QUERY_UNSUPPORTED';

/** Without a time when the question was refused. */
async function ask(what: string, directory: string, traceId = ''): Promise<Sample> {
  const script = join(ROOT, 'test/bench/read/measure.mjs');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, what, directory, traceId]);
    return JSON.parse(stdout);
  } catch (error) {
    if (!String((error as { stderr?: unknown }).stderr).includes(REFUSED)) throw error;
    return { ms: Number.NaN, rssMb: 0, result: 0 };
  }
}

/** The median of some rounds, and the most memory of all. */
async function median(what: string, directory: string, traceId: string, rounds: number): Promise<Sample> {
  const samples: Sample[] = [];
  for (let round = 0; round < rounds; round += 1) samples.push(await ask(what, directory, traceId));
  const sorted = samples.sort((a, b) => a.ms - b.ms);
  const middle = sorted[Math.floor(sorted.length / 2)] as Sample;
  return { ...middle, rssMb: Math.max(...samples.map(({ rssMb }) => rssMb)) };
}

async function askAll(directory: string, traceId: string, rounds: number): Promise<Record<Question, Sample>> {
  const answers: [string, Sample][] = [];
  for (const what of Object.keys(QUESTIONS))
    answers.push([what, await median(what, directory, traceId, rounds)]);
  return Object.fromEntries(answers) as Record<Question, Sample>;
}

async function measure(spanCount: number): Promise<Measured> {
  const directory = join(home, String(spanCount));
  const data = generate(directory, spanCount);
  process.stderr.write(`${data.spanCount} spans, ${mb(data.sizeBytes)} MB\n`);
  const isLarge = data.spanCount > LARGE_SPANS;
  const parse = await median('parse', directory, '', isLarge ? 1 : ROUNDS);
  const hot = await askAll(directory, data.traceId, isLarge ? 1 : ROUNDS);
  const sealing = isLarge ? undefined : await seal(directory);
  const compact = await ask('compact', directory);
  const compacted = await askAll(directory, data.traceId, ROUNDS);
  rmSync(directory, { recursive: true });
  return { data, parse, hot, compacted, compact, ...(sealing && { sealing }) };
}

async function seal(directory: string): Promise<{ sample: Sample; bytes: number }> {
  const copy = `${directory}-sealed`;
  cpSync(directory, copy, { recursive: true });
  const sample = await ask('seal', copy);
  const bytes = readdirSync(copy).reduce((sum, name) => sum + statSync(join(copy, name)).size, 0);
  rmSync(copy, { recursive: true });
  return { sample, bytes };
}

function report(measured: readonly Measured[]): void {
  const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, median of ${ROUNDS}`;
  const head = [
    '',
    ...measured.flatMap(({ data }) => [`${count(data.spanCount)} spans, as written`, 'compacted']),
  ];
  const rows = (Object.keys(QUESTIONS) as Question[]).map((what) => [
    QUESTIONS[what],
    ...measured.flatMap(({ hot, compacted, parse }) =>
      [hot[what], compacted[what]].map(({ ms }) =>
        Number.isNaN(ms)
          ? 'refused: too much for its memory'
          : `${duration(ms)} (${(ms / parse.ms).toFixed(2)} ×)`,
      ),
    ),
  ]);
  rows.push(
    [
      '`JSON.parse` of each line, for comparison',
      ...pairs(measured, ({ parse }) => [duration(parse.ms), '']),
    ],
    ['most memory of a question', ...pairs(measured, (each) => [rss(each.hot), rss(each.compacted)])],
    [
      'size of a million spans with their logs',
      ...pairs(measured, ({ data, sealing, compact }) => [
        `${perMillion(data.sizeBytes, data)} MB${sealing ? `, sealed ${perMillion(sealing.bytes, data)} MB` : ''}`,
        `${perMillion(compact.result, data)} MB`,
      ]),
    ],
    [
      '`compact`',
      ...pairs(measured, ({ data, compact }) => [
        `${count(Math.round(data.spanCount / (compact.ms / 1_000)))} spans/s`,
        `${compact.rssMb.toFixed(0)} MB`,
      ]),
    ],
  );
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
  console.log(`${machine}\n${table}`);
  for (const { data, sealing } of measured) {
    if (sealing === undefined) continue;
    const { ms, rssMb, result } = sealing.sample;
    const speed = mb(data.sizeBytes / (ms / 1_000));
    console.log(
      `sealing ${mb(data.sizeBytes)} MB: ${speed} MB/s, ${rssMb.toFixed(0)} MB, event loop held for at most ${result.toFixed(1)} ms`,
    );
  }
  if (!process.argv.includes('--readme')) return;
  const file = join(ROOT, 'README.md');
  writeFileSync(file, writeBlock(readFileSync(file, 'utf8'), 'reading', `${machine}.\n\n${table}`));
}

function pairs(measured: readonly Measured[], cells: (each: Measured) => [string, string]): string[] {
  return measured.flatMap(cells);
}

function rss(samples: Record<Question, Sample>): string {
  return `${Math.max(...Object.values(samples).map(({ rssMb }) => rssMb)).toFixed(0)} MB`;
}

function perMillion(bytes: number, { spanCount }: Generated): string {
  return mb((bytes / spanCount) * 1e6);
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function duration(ms: number): string {
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${ms.toFixed(0)} ms`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

try {
  const measured: Measured[] = [];
  for (const size of SIZES) measured.push(await measure(size));
  report(measured);
} finally {
  rmSync(home, { recursive: true, force: true });
}
