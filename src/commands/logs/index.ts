import { AgentlogError } from '../../core/errors.ts';
import { createRedactor } from '../../core/redaction/index.ts';
import type { RedactorOptions } from '../../core/redaction/redactor.ts';
import type { LogRecord } from '../../core/span.ts';
import type { LogAnswer, LogQuery, TraceSource } from '../../sources/source.ts';
import { addAttributeOption } from '../attribute-option.ts';
import type { CommandMember, Terminal } from '../command.ts';
import { faultsOf } from '../faults.ts';
import { addPlaceOptions, openPlace, type PlaceOptions } from '../open-store.ts';
import { readRedaction } from '../read-redaction.ts';
import { addWindowOptions } from '../window-options.ts';
import { readCursor, writeCursor } from './page.ts';
import { type QueryOptions, readQuery } from './query.ts';

interface Options extends QueryOptions, PlaceOptions {
  readonly json?: boolean;
}

const EXAMPLES = `
Newest first. --json is one object a line on standard output; counts and the next page go to standard error.

Examples:
  agentlog-otel logs --severity warn --since 15m
  agentlog-otel logs --trace 4bf92f35 --span 9
  agentlog-otel logs --service shop --text 'card declined' --json | jq -r .body
`;

/** `logs`: log records, newest first. */
export const logs: CommandMember = {
  configure(command, terminal) {
    command
      .option('--trace <id>', 'of this trace: its id, or a unique prefix of at least 8 digits')
      .option('--span <span>', 'of this span: its id, or with --trace its handle (3 or #3)')
      .option('--service <name>', 'of this service')
      .option('--severity <level>', 'at least this: trace, debug, info, warn, error, fatal, or 1 to 24')
      .option('--text <words>', 'with all these words in what it says');
    addAttributeOption(command, 'a record or its resource');
    addWindowOptions(command, 'records written')
      .option('--limit <count>', 'at most this many', '50')
      .option('--cursor <cursor>', 'the next page: what the page before printed')
      .option('--json', 'one JSON object a line');
    addPlaceOptions(command)
      .addHelpText('after', EXAMPLES)
      .action((options: Options) => run(options, terminal));
  },
};

interface Found {
  readonly answer: LogAnswer;
  /** Span id → n of `#n`, when one trace was asked for. */
  readonly handles: ReadonlyMap<string, number>;
}

async function run(options: Options, terminal: Terminal): Promise<void> {
  const { limit, ...query } = readQuery(options, terminal);
  const page = readCursor(options);
  const source = await openPlace(options, terminal);
  try {
    // What the page before showed of its last instant is asked for again and left out.
    const skipCount = page?.shownCount ?? 0;
    const asked: LogQuery = {
      ...query,
      ...(page !== undefined && { untilUnixNano: page.lastUnixNano + 1n }),
      limit: limit + skipCount + 1,
    };
    const redaction = readRedaction(terminal);
    const { answer, handles } = await find(source, asked, options, redaction);
    const rest = answer.logs.slice(skipCount);
    const shown = rest.slice(0, limit);
    const cursor = writeCursor(shown, rest.length > limit, page, options);
    await write(shown, handles, redaction, options, terminal);
    const faults = faultsOf(answer.coverage);
    const notes = [
      shown.length > 0 ? '' : await whyEmpty(source, page !== undefined),
      cursor === undefined
        ? ''
        : `${shown.length} of ${answer.matchCount - skipCount}; next page: --cursor ${cursor}`,
      faults,
    ].filter((note) => note !== '');
    for (const note of notes) {
      if (options.json) terminal.say(`# ${note}`);
      else terminal.write(`# ${note}\n`);
    }
  } finally {
    await source.close();
  }
}

/** Of one trace the lookup brings the records as well: the whole source need not be read. */
async function find(
  source: TraceSource,
  query: LogQuery,
  { trace, span }: Options,
  redaction: RedactorOptions,
): Promise<Found> {
  if (trace === undefined) {
    if (span !== undefined && !/^[0-9a-f]{16}$/i.test(span)) {
      throw new AgentlogError(
        'USAGE',
        'Expected --span to be 16 hex digits; a handle such as 3 needs --trace.',
      );
    }
    const bySpan = span === undefined ? {} : { spanId: span.toLowerCase() };
    return { answer: await source.logs({ ...query, ...bySpan }), handles: new Map() };
  }
  const [{ viewTrace }, { resolveSpan }, { MemorySource }] = await Promise.all([
    import('../../bundles/trace-view.ts'),
    import('../span-handles.ts'),
    import('../../sources/memory.ts'),
  ]);
  const view = await viewTrace(source, trace, redaction);
  const spanId = span === undefined ? undefined : resolveSpan(view, span, '--span');
  const answer = await new MemorySource([], view.trace.logs).logs({
    ...query,
    ...(spanId !== undefined && { spanId }),
  });
  return { answer: { ...answer, coverage: view.coverage }, handles: view.handles };
}

async function write(
  found: readonly LogRecord[],
  handles: ReadonlyMap<string, number>,
  redaction: RedactorOptions,
  { json }: Options,
  terminal: Terminal,
): Promise<void> {
  const [{ redactLog }, { renderLogLine }, { describeLog, jsonLine }, { isoTime }] = await Promise.all([
    import('../../bundles/redact-trace.ts'),
    import('../../formats/terminal/log-line.ts'),
    import('../../formats/json.ts'),
    import('../../formats/numbers.ts'),
  ]);
  const redactor = createRedactor(redaction);
  for (const stored of found) {
    const log = redactLog(stored, redactor);
    const handle = handles.get(log.spanId ?? '');
    const time = { time: isoTime(log.timeUnixNano) };
    terminal.write(
      json
        ? `${jsonLine({ ...time, ...describeLog(log, handles), resource: log.resource.attributes })}\n`
        : `${renderLogLine(log, terminal, handle)}\n`,
    );
    await terminal.drained();
  }
}

async function whyEmpty(source: TraceSource, isLaterPage: boolean): Promise<string> {
  if (isLaterPage) return `No more log records in ${source.name}.`;
  const { logs: newest } = await source.logs({ limit: 1 });
  const [{ isoTime }, last] = [await import('../../formats/numbers.ts'), newest[0]];
  return last === undefined
    ? `No log records: ${source.name} holds none. What the app logs with pino, winston or bunyan is recorded, console with AGENTLOG_CONSOLE=1.`
    : `No log record fits; the newest one in ${source.name} is of ${isoTime(last.timeUnixNano)}. Ask with fewer filters.`;
}
