import { AgentlogError } from '../core/errors.ts';
import { createRedactor } from '../core/redaction/index.ts';
import type { LogRecord, Span } from '../core/span.ts';
import {
  EVENT_FIELDS,
  EVENT_KINDS,
  type EventKind,
  eventOfLog,
  eventsOfSpan,
  type FlatEvent,
} from '../formats/flat-events.ts';
import type { TraceSource, Window } from '../sources/source.ts';
import type { CommandMember, Terminal } from './command.ts';
import { faultsOf } from './faults.ts';
import type { CallPlace, Nesting } from './nested-calls.ts';
import { addPlaceOptions, openPlace, type PlaceOptions } from './open-store.ts';
import { readRecords } from './read-records.ts';
import { readRedaction } from './read-redaction.ts';
import { addWindowOptions, parseWindow, type WindowOptions } from './window-options.ts';

interface Options extends PlaceOptions, WindowOptions {
  readonly kind?: readonly string[];
  readonly service?: string;
  readonly json?: boolean;
}

/** Written at once. */
const BATCH_CHARS = 64 * 1024;

const FIELDS = Object.entries(EVENT_FIELDS)
  .map(([kind, fields]) => `  ${kind.padEnd(9)} ${fields}`)
  .join('\n');

const HELP = `
Fields (a field without a value is left out; times are the start, ids are hex, durations are milliseconds):
${FIELDS}

A span can be several events: a query that failed is a query and a failure. A model call inside a framework's span for
the same call, and a tool call inside another one's, are there once. The order is that of the files, not of time.

Examples:
  agentlog-otel events --kind failure --json | jq -r '[.time, .error_type, .file, .line] | @tsv'
  agentlog-otel events --kind query --json | jq -s 'group_by(.signature) | map({n: length, s: .[0].summary}) | sort_by(-.n)'
  agentlog-otel events --kind llm_call --since 1h --json | jq -s 'map(.cost_usd // 0) | add'
  agentlog-otel events --kind http --json | jq 'select(.http_status >= 500)' | head
`;

/** `events`: spans and log records as flat objects, one a line. */
export const events: CommandMember = {
  configure(command, terminal) {
    command
      .option(
        '--kind <kind>',
        `only these: ${EVENT_KINDS.join(', ')}; may be repeated`,
        (text: string, before: string[] = []) => [...before, ...text.split(',')],
      )
      .option('--service <name>', 'of this service');
    addWindowOptions(command, 'events that began').option('--json', 'one flat JSON object a line, for jq');
    addPlaceOptions(command)
      .addHelpText('after', HELP)
      .action((options: Options) => run(options, terminal));
  },
};

async function run(options: Options, terminal: Terminal): Promise<void> {
  const kinds = readKinds(options.kind);
  const window = parseWindow(options, terminal);
  const redactor = createRedactor(readRedaction(terminal));
  const source = await openPlace(options, terminal);
  const { redactLog, redactSpan } = await import('../bundles/redact-trace.ts');
  try {
    const isCounted = await countOnce(source, window, kinds);
    const write = options.json ? await jsonWriter() : await lineWriter(terminal);
    let batch = '';
    let eventCount = 0;
    const isOfService = ({ resource }: Span | LogRecord): boolean =>
      options.service === undefined || resource.attributes['service.name'] === options.service;
    const coverage = await readRecords(source, window, async ({ spans, logs }) => {
      const found: FlatEvent[] = [];
      for (const span of spans) {
        // Masking costs more than a look at whether the span tells of anything.
        if (!isOfService(span) || eventsOfSpan(span, kinds).length === 0) continue;
        const masked = eventsOfSpan(redactSpan(span, redactor), kinds);
        found.push(...masked.filter((event) => isCounted(event.event_type as EventKind, span.spanId)));
      }
      if (kinds.has('log')) {
        for (const log of logs) if (isOfService(log)) found.push(eventOfLog(redactLog(log, redactor)));
      }
      eventCount += found.length;
      for (const event of found) {
        batch += write(event);
        if (batch.length < BATCH_CHARS) continue;
        terminal.write(batch);
        batch = '';
        await terminal.drained();
      }
    });
    terminal.write(batch);
    const notes = [
      eventCount > 0 ? '' : `No such event in ${source.name}; \`agentlog-otel stats\` says what there is.`,
      faultsOf(coverage),
    ];
    for (const note of notes) if (note !== '') terminal.say(`# ${note}`);
  } finally {
    await source.close();
  }
}

function readKinds(given: readonly string[] = EVENT_KINDS): ReadonlySet<EventKind> {
  const kinds = given.map((each) => EVENT_KINDS.find((kind) => kind === each.trim()));
  if (kinds.includes(undefined)) {
    throw new AgentlogError('USAGE', `Expected --kind to be one of ${EVENT_KINDS.join(', ')}.`);
  }
  return new Set(kinds as EventKind[]);
}

/** Which model and tool calls count: the client's below a framework's, the framework's tool above the server's. */
async function countOnce(
  source: TraceSource,
  window: Window,
  kinds: ReadonlySet<EventKind>,
): Promise<(kind: EventKind, spanId: string) => boolean> {
  if (!kinds.has('llm_call') && !kinds.has('tool')) return () => true;
  const [{ llmCallOf }, { toolCallOf }, { nestingOf }] = await Promise.all([
    import('../analyses/facts/llm-calls.ts'),
    import('../analyses/facts/tool-calls.ts'),
    import('./nested-calls.ts'),
  ]);
  const models: CallPlace[] = [];
  const tools: CallPlace[] = [];
  await readRecords(source, window, ({ spans }) => {
    for (const span of spans) {
      const { traceId, spanId, parentSpanId } = span;
      const place = { traceId, spanId, ...(parentSpanId !== undefined && { parentSpanId }) };
      if (kinds.has('llm_call') && llmCallOf(span) !== undefined) models.push(place);
      if (kinds.has('tool') && toolCallOf(span) !== undefined) tools.push(place);
    }
  });
  const none: Nesting = { around: new Set(), inside: new Set() };
  const { around } = models.length === 0 ? none : await nestingOf(source, window, models);
  const { inside } = tools.length === 0 ? none : await nestingOf(source, window, tools);
  return (kind, spanId) =>
    kind === 'llm_call' ? !around.has(spanId) : kind === 'tool' ? !inside.has(spanId) : true;
}

async function jsonWriter(): Promise<(event: FlatEvent) => string> {
  const { jsonLine } = await import('../formats/json.ts');
  return (event) => `${jsonLine(event)}\n`;
}

async function lineWriter(terminal: Terminal): Promise<(event: FlatEvent) => string> {
  const { renderEvent } = await import('../formats/terminal/event-line.ts');
  return (event) => `${renderEvent(event, terminal)}\n`;
}
