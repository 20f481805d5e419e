import { createRedactor } from '../core/redaction/index.ts';
import { counted, isoTime, size } from '../formats/numbers.ts';
import { named } from '../formats/text.ts';
import type { StoreStats } from '../store/stats.ts';
import type { CommandMember, Terminal } from './command.ts';
import { faultsOf } from './faults.ts';
import { addPlaceOptions, findStore, openPlace, type PlaceOptions, whichPlace } from './open-store.ts';
import { readRedaction } from './read-redaction.ts';

interface Options extends PlaceOptions {
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  agentlog-otel stats
  agentlog-otel stats --dir collector-output --json | jq .spanCount
  agentlog-otel stats --source clickhouse:http://localhost:8123/otel
`;

/** `stats`: what is in the store, or in a backend. */
export const stats: CommandMember = {
  configure(command, terminal) {
    addPlaceOptions(command)
      .option('--json', 'one JSON object')
      .addHelpText('after', EXAMPLES)
      .action((options: Options) => run(options, terminal));
  },
};

async function run({ json, ...where }: Options, terminal: Terminal): Promise<void> {
  const { backend, path } = whichPlace(where);
  if (backend !== undefined && !backend.startsWith('jsonl:')) {
    await reportBackend(where, json === true, terminal);
    return;
  }
  const place = findStore(backend?.slice('jsonl:'.length) ?? path, terminal);
  const { storeStats } = await import('../store/stats.ts');
  const redactor = createRedactor(readRedaction(terminal));
  const stored = await storeStats(place);
  const found = { ...stored, services: stored.services.map((name) => redactor.text(name)) };
  if (!json) {
    terminal.write(report(place, found));
    return;
  }
  const [{ describeCoverage }, { escapeJson }] = await Promise.all([
    import('../formats/json.ts'),
    import('../formats/text.ts'),
  ]);
  const { tally, ...counts } = found;
  const object = { schemaVersion: 1, place, ...counts, coverage: describeCoverage(tally) };
  terminal.write(`${escapeJson(JSON.stringify(object))}\n`);
}

/** The store says more of itself than any source can: files by kind, metrics, what was dropped. */
async function reportBackend(place: PlaceOptions, isJson: boolean, terminal: Terminal): Promise<void> {
  const [source, { sourceStats }] = await Promise.all([
    openPlace(place, terminal),
    import('./source-stats.ts'),
  ]);
  try {
    terminal.write(await sourceStats(source, isJson, createRedactor(readRedaction(terminal))));
  } finally {
    await source.close();
  }
}

function report(place: string, { kinds, services, tally, ...counts }: StoreStats): string {
  const { oldestUnixNano, newestUnixNano, missingPackage } = tally;
  const hasWindow = oldestUnixNano !== undefined && newestUnixNano !== undefined;
  const rows: [string, string][] = [['place', place]];
  for (const [kind, { fileCount, sizeBytes }] of Object.entries(kinds)) {
    if (fileCount > 0) rows.push([kind, `${counted(fileCount, 'file')}, ${size(sizeBytes)}`]);
  }
  rows.push(
    ['window', hasWindow ? `${isoTime(oldestUnixNano)} to ${isoTime(newestUnixNano)}` : 'no span'],
    ['spans', String(counts.spanCount)],
    ['logs', String(counts.logCount)],
    ['metrics', counted(counts.metricPointCount, 'data point')],
    ['services', services.map((name) => named(name)).join(', ') || 'none named'],
    ['dropped', `${counts.droppedCount} attributes, events and links, at the limits of the SDK`],
  );
  const faults = faultsOf(tally);
  if (faults !== '') rows.push(['faults', faults]);
  if (missingPackage !== undefined) rows.push(['missing', 'services and drops of the Parquet files']);
  return rows.map(([name, value]) => `${name.padEnd(10)}${value}\n`).join('');
}
