import { counted, size } from '../formats/numbers.ts';
import type { CommandMember, Terminal } from './command.ts';
import { findStore } from './open-store.ts';
import { progressBar } from './progress-bar.ts';

interface Options {
  readonly dir?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Apps may go on writing and other commands reading. Killed at any instant it loses nothing and counts nothing twice.
Needs DuckDB: npm i -D @duckdb/node-api

Examples:
  agentlog-otel compact
  agentlog-otel compact --json | jq .spanCount
`;

/** `compact`: closed files become Parquet, for fast questions over millions of spans. */
export const compact: CommandMember = {
  configure(command, terminal) {
    command
      .option('--dir <path>', 'the store (default: AGENTLOG_DIR, else the nearest .agentlog upwards)')
      .option('--json', 'one JSON object')
      .addHelpText('after', EXAMPLES)
      .action((options: Options) => run(options, terminal));
  },
};

async function run({ dir, json }: Options, terminal: Terminal): Promise<void> {
  const directory = findStore(dir, terminal);
  const { compactStore } = await import('../store/parquet/compact.ts');
  const started = performance.now();
  const done = await compactStore(directory, {
    onProgress: (part, all) => terminal.progress(progressBar('Compacting', part, all, size)),
  }).finally(() => terminal.progress(''));
  if (json) {
    const durationMs = Math.round(performance.now() - started);
    terminal.write(`${JSON.stringify({ schemaVersion: 1, ...done, durationMs })}\n`);
    return;
  }
  const { fileCount, spanCount, logCount, sourceBytes, parquetBytes, leftFileCount } = done;
  const why = 'still written to, not readable in full, or with lines over 32 MiB';
  const left = leftFileCount === 0 ? '' : ` ${counted(leftFileCount, 'file')} left: ${why}.`;
  const what = `${counted(spanCount, 'span')} and ${counted(logCount, 'log record')} of ${counted(fileCount, 'file')}`;
  const made = `Compacted ${what}: ${size(sourceBytes)} to ${size(parquetBytes)}.`;
  terminal.write(`${fileCount === 0 ? 'Nothing to compact.' : made}${left}\n`);
}
