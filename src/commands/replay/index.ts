import { AgentlogError } from '../../core/errors.ts';
import { parseTraceId } from '../../sources/trace-id.ts';
import type { CommandMember, Terminal } from '../command.ts';
import { DIR_HELP, findStore } from '../open-store.ts';
import { readRedaction } from '../read-redaction.ts';
import { addWindowOptions, parseWindow, type WindowOptions } from '../window-options.ts';

interface Options extends WindowOptions {
  readonly to: string;
  readonly dir?: string;
  readonly traceId?: string;
  readonly rate?: string;
  readonly shiftToNow?: boolean;
  readonly restart?: boolean;
}

const EXAMPLES = `
Sends spans and log records, redacted once more, in OTLP/JSON over HTTP; metrics are not sent. Headers, certificate and
time-out come from OTEL_EXPORTER_OTLP_HEADERS, _CERTIFICATE and _TIMEOUT. When it is interrupted, the same command goes
on where it was: what the receiver has confirmed is not sent again (a request whose answer was lost is).

Examples:
  agentlog-otel replay --to http://localhost:4318
  agentlog-otel replay --to http://localhost:4318 --trace-id 4bf92f3577b34da6a3ce929d0e0e4736
  agentlog-otel replay --to https://otlp.example.com --since 1h --rate 500 --shift-to-now
`;

/** `replay`: sends what is on disk to any OTLP endpoint. */
export const replay: CommandMember = {
  configure(command, terminal) {
    command
      .requiredOption('--to <address>', 'an OTLP/HTTP endpoint: http://localhost:4318')
      .option('--dir <path>', DIR_HELP)
      .option('--trace-id <id>', 'only this trace: 32 hex digits, or a prefix of at least 8')
      .option('--rate <count>', 'at most so many records a second')
      .option('--shift-to-now', 'move all times by the same amount, so that the newest record is of now')
      .option('--restart', 'forget an interrupted run and send everything');
    addWindowOptions(command, 'spans that started, and log records,')
      .addHelpText('after', EXAMPLES)
      .action((options: Options) => run(options, terminal));
  },
};

async function run(options: Options, terminal: Terminal): Promise<void> {
  const traceId = options.traceId === undefined ? undefined : parseTraceId(options.traceId);
  const selection = { ...parseWindow(options, terminal), ...(traceId !== undefined && { traceId }) };
  const { replayStore } = await import('./replay-store.ts');
  const outcome = await replayStore({
    path: findStore(options.dir, terminal),
    to: options.to,
    selection,
    // Ages are of now: as they were typed they name the same run tomorrow.
    runKey: [
      options.to,
      options.since ?? '',
      options.until ?? '',
      traceId ?? '',
      String(options.shiftToNow === true),
    ],
    recordsPerSecond: parseRate(options.rate),
    shiftToNow: options.shiftToNow === true,
    restart: options.restart === true,
    redaction: readRedaction(terminal),
    env: terminal.env,
    now: terminal.now,
    say: (line) => terminal.say(line),
  });
  const { spanCount, logCount, earlierCount, rejectedCount, hasRefusedLogs } = outcome;
  terminal.write(
    `Sent ${spanCount} spans and ${logCount} log records to ${outcome.receiver}` +
      `${earlierCount > 0 ? ` (${earlierCount} records were sent before the interruption)` : ''}.\n`,
  );
  if (hasRefusedLogs)
    terminal.say('agentlog-otel: the receiver takes no log records (404); they were left out.');
  if (spanCount + logCount + earlierCount === 0) {
    terminal.say('agentlog-otel: nothing on disk fits. `agentlog-otel traces` shows what is there.');
  }
  if (rejectedCount > 0) {
    throw new AgentlogError(
      'TELEMETRY_LOST',
      `${outcome.receiver} took the requests and rejected ${rejectedCount} records in them. Look at its log.`,
    );
  }
}

function parseRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const rate = Number(text);
  if (/^\d{1,7}$/.test(text) && rate > 0) return rate;
  throw new AgentlogError('USAGE', 'Expected --rate to be a number of records a second from 1.');
}
