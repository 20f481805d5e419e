import { constants } from 'node:os';
import { pathToFileURL } from 'node:url';
import { startReceiver } from './receiver.ts';
import { printed, REGISTER, type Run, readLocal, runApp, temporaryDirectory } from './run-app.ts';

/** How many spans the app ends before it ends itself. */
export const SPANS = 5;
/** The stock distribution never exits at SIGTERM; this long it is given. */
const PATIENCE_MS = 3_000;
const STOCK: readonly string[] = ['--require', '@opentelemetry/auto-instrumentations-node/register'];

/** What was left when the process had ended. */
export interface Outcome {
  /** Undefined where there is no local file: the stock distribution has none. */
  readonly onDisk: number | undefined;
  readonly atCollector: number;
  /** `0`, `1`, `3`, `143 (SIGTERM)` and the like, or `never exits`. */
  readonly exit: string;
}

/** One way to end a process, as it went with nothing loaded, with ours, with the stock distribution. */
export interface ExitRow {
  readonly event: string;
  readonly bareExit: string;
  readonly ours: Outcome;
  readonly stock: Outcome;
}

interface Event {
  readonly event: string;
  /** `APP_END` of test/apps/exits.mjs. */
  readonly end: string;
  readonly signal?: NodeJS.Signals;
  readonly nodeArgs?: readonly string[];
}

const EVENTS: readonly Event[] = [
  { event: 'clean end', end: 'clean' },
  { event: 'SIGTERM', end: 'wait', signal: 'SIGTERM' },
  { event: 'SIGINT', end: 'wait', signal: 'SIGINT' },
  { event: 'SIGTERM, own listener', end: 'own listener', signal: 'SIGTERM' },
  { event: 'SIGINT, own listener', end: 'own listener', signal: 'SIGINT' },
  { event: '`process.exit(3)`', end: 'exit' },
  { event: 'uncaught throw', end: 'throw' },
  { event: 'unhandled rejection', end: 'reject' },
  { event: 'throw at module top level', end: 'throw at top level' },
  { event: '`process.abort()`', end: 'abort' },
  { event: 'SIGKILL', end: 'wait', signal: 'SIGKILL' },
  { event: 'heap out of memory', end: 'out of memory', nodeArgs: ['--max-old-space-size=32'] },
];

/**
 * Ends real processes in every way there is and counts what was left: on disk, at a collector, in the exit code.
 *
 * Each event runs bare, with ours and with the stock distribution (`auto-instrumentations-node/register`), at the
 * same time. The stock one is spared its cloud probes, which would hold a clean end back for ten seconds.
 */
export async function exitTable(): Promise<ExitRow[]> {
  const rows: ExitRow[] = [];
  for (const event of EVENTS) {
    const [bare, ours, stock] = await Promise.all([end(event, []), end(event, REGISTER), end(event, STOCK)]);
    rows.push({
      event: event.event,
      bareExit: bare.exit,
      ours,
      stock: { ...stock, onDisk: undefined },
    });
  }
  return rows;
}

/** The table as the README shows it. */
export function exitMarkdown(rows: readonly ExitRow[]): string {
  const lines = rows.map(({ event, bareExit, ours, stock }) => {
    const exit = (outcome: Outcome) => (outcome.exit === bareExit ? outcome.exit : `**${outcome.exit}**`);
    return `| ${event} | ${ours.onDisk} of ${SPANS} | ${ours.atCollector} of ${SPANS} | ${exit(ours)} | ${stock.atCollector} of ${SPANS} | ${exit(stock)} | ${bareExit} |`;
  });
  return [
    '| Event | On disk | At the collector | Exit | Stock: at the collector | Stock: exit | Exit without either |',
    '|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

async function end({ end, signal, nodeArgs = [] }: Event, register: readonly string[]): Promise<Outcome> {
  await using receiver = await startReceiver();
  using directory = temporaryDirectory();
  let isKilled = false;
  const run = await runApp('exits.mjs', {
    nodeArgs: [...nodeArgs, ...register],
    env: {
      APP_END: end,
      AGENTLOG_DIR: `${directory.path}/.agentlog`,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
    },
    async during(child) {
      if (signal === undefined) return;
      await printed(child, 'ready');
      // What is written within 100 ms is on disk by now.
      await new Promise((resolve) => setTimeout(resolve, 400));
      child.kill(signal);
      const timer = setTimeout(() => {
        isKilled = child.kill('SIGKILL');
      }, PATIENCE_MS);
      child.on('close', () => clearTimeout(timer));
    },
  });
  return {
    onDisk: countOwn(readLocal(`${directory.path}/.agentlog`).spans),
    atCollector: countOwn(receiver.spans),
    exit: isKilled ? 'never exits' : exitOf(run),
  };
}

/** Without the one that a crash outside of any span gets. */
function countOwn(spans: readonly { readonly name: string }[]): number {
  return spans.filter(({ name }) => name !== 'uncaught exception').length;
}

/** What a shell sees: 128 and the number of the signal. */
function exitOf({ code, signal }: Run): string {
  return signal === null ? String(code) : `${128 + constants.signals[signal]} (${signal})`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(exitMarkdown(await exitTable()));
}
