import { AgentlogError } from '../../core/errors.ts';
import type { TraceQuery } from '../../sources/source.ts';
import type { CommandMember, Terminal } from '../command.ts';
import { DIR_HELP, openStore } from '../open-store.ts';
import { parseSince } from './since.ts';

interface Options {
  readonly errors?: boolean;
  readonly since?: string;
  readonly limit: string;
  readonly json?: boolean;
  readonly dir?: string;
}

const LIMIT_MAX = 10_000;

const EXAMPLES = `
Examples:
  agentlog-otel traces --errors --since 1h
  agentlog-otel traces --limit 5 --json | jq -r '.traces[].traceId'
`;

/** `traces`: the newest traces, to find an id. */
export const traces: CommandMember = {
  configure(command, terminal) {
    command
      .option('--errors', 'only traces with a failed span')
      .option('--since <age or time>', 'only traces that started since then: 30s, 15m, 1h, 7d, or a time')
      .option('--limit <count>', 'at most this many', '20')
      .option('--json', 'one JSON object instead of a table')
      .option('--dir <path>', DIR_HELP)
      .addHelpText('after', EXAMPLES)
      .action((options: Options) => run(options, terminal));
  },
};

async function run(options: Options, terminal: Terminal): Promise<void> {
  const query: TraceQuery = {
    limit: parseLimit(options.limit),
    ...(options.errors && { errorsOnly: true }),
    ...(options.since !== undefined && { sinceUnixNano: parseSince(options.since, terminal.now) }),
  };
  const source = await openStore(options.dir, terminal);
  try {
    const answer = await source.search(query);
    const { renderJson, renderReport } = await import('./report.ts');
    // An empty answer must say why: what would there be without the filters?
    const wasAnythingRead = answer.traceCount > 0 || query.sinceUnixNano === undefined;
    const unfiltered = wasAnythingRead ? answer : await source.search({ limit: 1 });
    const context = { answer, unfiltered, query, sourceName: source.name, terminal };
    terminal.write(options.json ? renderJson(context) : renderReport(context));
  } finally {
    await source.close();
  }
}

function parseLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new AgentlogError('USAGE', `Expected --limit to be a whole number from 1 to ${LIMIT_MAX}.`);
}
