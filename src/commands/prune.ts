import { AgentlogError } from '../core/errors.ts';
import { counted, size } from '../formats/numbers.ts';
import type { Pruning } from '../store/prune.ts';
import type { CommandMember, Terminal } from './command.ts';
import { findStore } from './open-store.ts';
import { progressBar } from './progress-bar.ts';
import { parseTime } from './window-options.ts';

interface Options {
  readonly olderThan?: string;
  readonly maxSize?: string;
  readonly keepErrors?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly dir?: string;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

const EXAMPLES = `
The oldest goes first. What a running app writes, and files of other names, stay. --keep-errors needs DuckDB:
npm i -D @duckdb/node-api

Examples:
  agentlog-otel prune --older-than 7d --dry-run
  agentlog-otel prune --max-size 500MB --keep-errors
`;

/** `prune`: old telemetry goes, by age and size. */
export const prune: CommandMember = {
  configure(command, terminal) {
    command
      .option('--older-than <age or time>', 'what was last written before then goes: 12h, 7d, or a time')
      .option('--max-size <size>', 'the oldest goes until the store is no larger: 500MB, 2GB')
      .option('--keep-errors', 'traces with a failed span stay, as Parquet')
      .option('--dry-run', 'say what would go and touch nothing')
      .option('--json', 'one JSON object')
      .option('--dir <path>', 'the store (default: AGENTLOG_DIR, else the nearest .agentlog upwards)')
      .addHelpText('after', EXAMPLES)
      .action((options: Options) => run(options, terminal));
  },
};

async function run(options: Options, terminal: Terminal): Promise<void> {
  const { olderThan, maxSize, keepErrors, dryRun } = options;
  if (olderThan === undefined && maxSize === undefined) {
    throw new AgentlogError('USAGE', 'Say what goes: --older-than 7d, --max-size 500MB, or both.');
  }
  const limits = {
    ...(olderThan !== undefined && {
      olderThanMs: Number(parseTime(olderThan, terminal.now, '--older-than') / 1_000_000n),
    }),
    ...(maxSize !== undefined && { maxBytes: parseSize(maxSize) }),
  };
  const { pruneStore } = await import('../store/prune.ts');
  const done = await pruneStore(findStore(options.dir, terminal), {
    ...limits,
    keepErrors: keepErrors === true,
    dryRun: dryRun === true,
    onProgress: (part, all) => terminal.progress(progressBar('Pruning', part, all, String)),
  }).finally(() => terminal.progress(''));
  const json = { schemaVersion: 1, isDryRun: dryRun === true, ...done };
  terminal.write(options.json ? `${JSON.stringify(json)}\n` : report(done, options));
}

function report(done: Pruning, { dryRun, keepErrors }: Options): string {
  const { removed, removedBytes, leftBytes, keptTraceCount, keptSpanCount } = done;
  if (removed.length === 0) return `Nothing to prune; the store holds ${size(leftBytes)}.\n`;
  const what = `${counted(removed.length, 'file')}, ${size(removedBytes)}`;
  if (dryRun) {
    const list = removed.map(
      ({ name, sizeBytes, why }) => `${size(sizeBytes).padStart(8)}  ${why.padEnd(4)}  ${name}\n`,
    );
    const kept = keepErrors ? ' Traces with errors would stay.' : '';
    return `${list.join('')}Would remove ${what}; ${size(leftBytes)} would be left.${kept}\n`;
  }
  const kept = ` Kept ${counted(keptTraceCount, 'trace')} with errors (${counted(keptSpanCount, 'span')}).`;
  return `Removed ${what}; ${size(leftBytes)} left.${keepErrors ? kept : ''}\n`;
}

/** @throws AgentlogError USAGE. */
function parseSize(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,12}(?:\.\d{1,3})?) ?([KMGT]?)B?$/i.exec(text) ?? [];
  const factor = UNITS[unit.toUpperCase()];
  if (amount !== undefined && factor !== undefined) return Math.floor(Number(amount) * factor);
  throw new AgentlogError('USAGE', 'Expected --max-size to be a size such as 500MB, 2GB or 1000000.');
}
