import { AgentlogError } from '../core/errors.ts';
import { createRedactor } from '../core/redaction/index.ts';
import type { LogRecord, Span } from '../core/span.ts';
import { isFailureLevel, tailEventsOf, wordsOf } from '../formats/tail-events.ts';
import type { CommandMember, Terminal } from './command.ts';
import { addPlaceOptions, openPlace, type PlaceOptions } from './open-store.ts';
import { readRedaction } from './read-redaction.ts';

interface Options extends PlaceOptions {
  readonly service?: string;
  readonly errors?: boolean;
  readonly text?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
A line for each request that ended (req), each failed span inside one (err) and each log record (log), from now on.
Ctrl-C ends it. --json gives flat objects as \`events\` does, with event_type request, failure and log.

Examples:
  agentlog-otel tail
  agentlog-otel tail --errors --service shop
  agentlog-otel tail --json | jq 'select(.duration_ms > 500)'
`;

/** `tail`: what happens now, a line each. */
export const tail: CommandMember = {
  configure(command, terminal) {
    command
      .option('--service <name>', 'only this service')
      .option('--errors', 'only what failed: spans, and log records from error on')
      .option('--text <words>', 'only lines with all these words')
      .option('--json', 'one flat JSON object a line');
    addPlaceOptions(command)
      .addHelpText('after', EXAMPLES)
      .action((options: Options) => run(options, terminal));
  },
};

async function run(options: Options, terminal: Terminal): Promise<void> {
  const redactor = createRedactor(readRedaction(terminal));
  const source = await openPlace(options, terminal);
  const [{ redactLog, redactSpan }, { jsonLine }, { renderTailLine }] = await Promise.all([
    import('../bundles/redact-trace.ts'),
    import('../formats/json.ts'),
    import('../formats/terminal/tail-line.ts'),
  ]);
  const words = wordsOf(options.text);
  const isWanted = (item: Span | LogRecord): boolean =>
    options.service === undefined || item.resource.attributes['service.name'] === options.service;
  try {
    if (source.follow === undefined) {
      throw new AgentlogError(
        'QUERY_UNSUPPORTED',
        `${source.name} cannot be followed. Follow the local files: agentlog-otel tail --source .agentlog`,
      );
    }
    let hasBegun = false;
    await source.follow(terminal.interrupted(), async ({ spans, logs }) => {
      if (!hasBegun) terminal.say(`# following ${source.name}; Ctrl-C ends`);
      hasBegun = true;
      const found = tailEventsOf(
        spans.filter(isWanted).map((span) => redactSpan(span, redactor)),
        logs.filter(isWanted).map((log) => redactLog(log, redactor)),
      ).filter((event) => !options.errors || isFailureLevel(event));
      for (const event of found) {
        const line = options.json ? jsonLine(event) : renderTailLine(event, terminal);
        const text = options.json ? line : renderTailLine(event, { columns: undefined, hasColors: false });
        if (words.every((word) => text.toLowerCase().includes(word))) terminal.write(`${line}\n`);
      }
      await terminal.drained();
    });
  } finally {
    await source.close();
  }
}
