import { expect, test } from 'vitest';
import type { Terminal } from '../../src/commands/command.ts';
import { renderTraces } from '../../src/commands/traces/table.ts';
import { parseTime } from '../../src/commands/window-options.ts';
import { displayWidth } from '../../src/formats/terminal/width.ts';
import type { SearchAnswer, TraceSummary } from '../../src/sources/source.ts';
import { newTally } from '../../src/store/coverage.ts';
import { INJECTIONS } from '../traces/injections.ts';

const NOW = Date.parse('2026-11-21T09:00:00Z');

function terminal(columns: number | undefined, hasColors = false): Terminal {
  return {
    cwd: '/',
    env: {},
    columns,
    hasColors,
    now: NOW,
    write: () => undefined,
    say: () => undefined,
    progress: () => undefined,
    background: () => undefined,
    drained: async () => undefined,
    interrupted: () => new AbortController().signal,
  };
}

function answer(names: readonly string[]): SearchAnswer {
  const traces = names.map(
    (name, index): TraceSummary => ({
      traceId: index.toString(16).padStart(32, 'a'),
      startTimeUnixNano: 1_795_250_407_123_000_000n,
      durationMs: 12.5,
      rootName: name,
      rootService: name,
      hasRoot: index % 2 === 0,
      errorCount: index,
      errorType: name,
      spanCount: 3,
      services: [name],
    }),
  );
  return { traces, matchCount: traces.length, traceCount: traces.length, isCut: false, coverage: newTally() };
}

test.each([40, 80, 200])('traces: no row is wider than a terminal of %i columns', (columns) => {
  const lines = renderTraces(answer(['GET /orders', ...INJECTIONS]), terminal(columns)).split('\n');
  expect(lines.length).toBe(INJECTIONS.length + 3);
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
});

test('traces: a narrow terminal shows ids that are still long enough to ask with', () => {
  // As `trace` and `bundle` take them: a prefix of at least 8 digits.
  expect(renderTraces(answer(['GET /']), terminal(80))).toMatch(/^a{8,31} {2}\S/m);
});

test('traces: failed rows are red where there are colours, and nowhere else', () => {
  const colored = renderTraces(answer(['fine', 'broken']), terminal(200, true)).split('\n');
  expect(colored[1]).not.toContain('\u001b');
  expect(colored[2]?.startsWith('\u001b[31m') && colored[2].endsWith('\u001b[39m')).toBe(true);
  expect(renderTraces(answer(['fine', 'broken']), terminal(200))).not.toContain('\u001b');
});

test('traces: a hostile name stays on its row, in quotes', () => {
  const rows = renderTraces(answer(INJECTIONS), terminal(undefined)).trimEnd().split('\n').slice(1);
  expect(rows).toHaveLength(INJECTIONS.length);
  for (const row of rows) {
    expect(row).toMatch(/^[0-9a-f]{32} {2}2026-/);
    expect(row).not.toMatch(/[\p{C}\p{Default_Ignorable_Code_Point}]/u);
  }
});

test.each([
  ['30s', 30_000],
  ['15m', 900_000],
  ['1h', 3_600_000],
  ['7d', 604_800_000],
])('traces: --since %s is that long ago', (text, ageMs) => {
  expect(parseTime(text, NOW)).toBe(BigInt(NOW - ageMs) * 1_000_000n);
});

test('traces: --since takes a time', () => {
  expect(parseTime('2026-11-21T08:00:00Z', NOW)).toBe(BigInt(NOW - 3_600_000) * 1_000_000n);
});

test.each(['', '1', 'h', '-1h', '1.5h', 'now', '2026', '9999999h', '2026-99-99'])(
  'traces: --since %j is refused',
  (text) => expect(() => parseTime(text, NOW)).toThrow(expect.objectContaining({ code: 'USAGE' })),
);
