import type { Redactor } from '../core/redaction/redactor.ts';
import { describeCoverage } from '../formats/json.ts';
import { counted, isoTime } from '../formats/numbers.ts';
import { escapeJson, named } from '../formats/text.ts';
import type { Coverage, TraceSource } from '../sources/source.ts';
import { faultsOf } from './faults.ts';

const SERVICE_LIMIT = 100;

/**
 * What a backend holds, by the questions that every source answers: the spans of each service, the window, the newest
 * trace. Numbers that rest on a sample say so.
 */
export async function sourceStats(source: TraceSource, isJson: boolean, redactor: Redactor): Promise<string> {
  const { hasLogs } = source.capabilities();
  const spans = await source.aggregate({
    groupBy: ['service'],
    measures: [{ name: 'count' }, { name: 'error_count' }],
    limit: SERVICE_LIMIT,
  });
  const newest = await source.search({ limit: 1 });
  const logs = hasLogs ? await source.logs({ limit: 1 }) : undefined;
  const sum = (index: number): number =>
    spans.rows.reduce((total, { values }) => total + (values[index] ?? 0), 0);
  const services = spans.rows
    .flatMap(({ group: [service] }) => (service == null ? [] : redactor.text(service)))
    .sort();
  const counts = {
    accuracy: spans.accuracy,
    spanCount: sum(0),
    errorCount: sum(1),
    traceCount: newest.traceCount,
    ...(logs !== undefined && { logCount: logs.matchCount }),
    services,
  };
  // What was left out of either answer is missing from the whole.
  const coverage: Coverage = { ...newest.coverage, ...spans.coverage, ...windowOf(newest.coverage) };
  if (isJson) {
    const object = { schemaVersion: 1, place: source.name, ...counts, coverage: describeCoverage(coverage) };
    return `${escapeJson(JSON.stringify(object))}\n`;
  }
  const { oldestUnixNano: oldest, newestUnixNano: last } = coverage;
  const sampled = { exact: '', sampled: ' (of the traces that were read)', approximate: ' (approximately)' };
  const note = sampled[spans.accuracy];
  const faults = faultsOf(coverage);
  const rows: [string, string][] = [
    ['place', source.name],
    [
      'window',
      oldest !== undefined && last !== undefined ? `${isoTime(oldest)} to ${isoTime(last)}` : 'no span',
    ],
    ['traces', `${counts.traceCount}${newest.isCut ? ' or more' : ''}`],
    ['spans', `${counts.spanCount}${note}`],
    ['failed', `${counted(counts.errorCount, 'span')}${note}`],
    ['logs', logs === undefined ? 'not kept there' : String(logs.matchCount)],
    ['services', services.map((name) => named(name)).join(', ') || 'none named'],
    ...(faults === '' ? [] : ([['rests on', faults]] as [string, string][])),
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)}${value}\n`).join('');
}

function windowOf({ oldestUnixNano, newestUnixNano }: Coverage): Partial<Coverage> {
  return {
    ...(oldestUnixNano !== undefined && { oldestUnixNano }),
    ...(newestUnixNano !== undefined && { newestUnixNano }),
  };
}
