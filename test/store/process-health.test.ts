import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { makeFileName } from '../../src/core/layout.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import type { ProcessHealth } from '../../src/store/process-health.ts';
import { temporaryDirectory } from './temporary.ts';

const START = new Date('2026-11-21T08:00:00Z');
const nanos = (afterS: number): bigint => BigInt(START.getTime() + afterS * 1000) * 1_000_000n;

/** One collection, as the write side records it. */
function collection(
  afterS: number,
  values: Readonly<Record<string, readonly number[]>>,
  service = 'shop',
): string {
  const metrics = Object.entries(values).map(([name, points]) => {
    const dataPoints = points.map((value) => ({
      timeUnixNano: String(nanos(afterS)),
      ...(name.endsWith('duration') ? { sum: value, count: 1 } : { asDouble: value }),
    }));
    return { name, [name.endsWith('duration') ? 'histogram' : 'gauge']: { dataPoints } };
  });
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  return `${JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] })}\n`;
}

const at = (afterS: number, lag: number): string =>
  collection(afterS, {
    'nodejs.eventloop.delay.p99': [lag],
    'nodejs.eventloop.time': [afterS * 0.1, afterS * 0.9],
    'v8js.memory.heap.used': [1_000, 500],
    'process.memory.usage': [9_000],
    'process.cpu.time': [afterS * 0.5, afterS * 0.25],
    'v8js.gc.duration': [afterS * 0.01],
  });

function store(
  files: readonly { readonly pid: number; readonly random: string; readonly text: string | Buffer }[],
): JsonlSource {
  const directory = join(temporaryDirectory(), '.agentlog');
  mkdirSync(directory);
  for (const { pid, random, text } of files) {
    const name = makeFileName({ startedAt: START, pid, random: random.padStart(8, '0'), signal: 'metrics' });
    writeFileSync(join(directory, typeof text === 'string' ? name : `${name}.zst`), text);
  }
  return new JsonlSource(directory);
}
const ask = (source: JsonlSource, afterS: number, pid = 7): Promise<ProcessHealth | undefined> =>
  source.health({ pid, service: 'shop', atUnixNano: nanos(afterS) });

test('health: the collection after the instant tells of it, sums are of the time since the one before', async () => {
  const text = at(60, 0.01) + at(120, 0.8) + at(180, 0.02);
  const health = await ask(store([{ pid: 7, random: '1', text }]), 100);
  expect(health).toMatchObject({
    measuredAfterMs: 20_000,
    heapUsedBytes: 1_500,
    residentBytes: 9_000,
    eventLoopDelayP99Ms: 800,
  });
  expect(health?.uptimeS).toBeCloseTo(100);
  expect(health?.cpuCores).toBeCloseTo(0.75);
  expect(health?.gcShare).toBeCloseTo(0.01);
});

test('health: of a process that ended the last collection before counts, and one long ago does not', async () => {
  const source = store([{ pid: 7, random: '1', text: at(60, 0.3) }]);
  expect(await ask(source, 90)).toMatchObject({ measuredAfterMs: -30_000, eventLoopDelayP99Ms: 300 });
  expect(await ask(source, 3_600)).toBeUndefined();
});

test('health: of this process and service alone, sealed files too, torn and foreign lines do no harm', async () => {
  const sealed = zstdCompressSync(Buffer.from(at(60, 0.5)));
  const other = collection(60, { 'nodejs.eventloop.delay.p99': [9] }, 'other');
  const source = store([
    { pid: 7, random: '1', text: sealed },
    {
      pid: 7,
      random: '2',
      text: `${other}{"resourceMetrics":[{"nodejs.":\nno json "nodejs."\n${at(61, 9).slice(0, -40)}`,
    },
    { pid: 8, random: '3', text: at(60, 9) },
  ]);
  expect(await ask(source, 50)).toMatchObject({ eventLoopDelayP99Ms: 500 });
  expect(await ask(source, 50, 99)).toBeUndefined();
});
