import { createRedactor } from '../../core/redaction/index.ts';
import { addAttributeOption } from '../attribute-option.ts';
import type { CommandMember, Terminal } from '../command.ts';
import { addPlaceOptions, openPlace, type PlaceOptions } from '../open-store.ts';
import { addOutputOptions, checkOutput, type OutputOptions } from '../output-option.ts';
import { readRedaction } from '../read-redaction.ts';
import { addWindowOptions } from '../window-options.ts';
import { filtersOf, ORDERS, type QueryOptions, readQuery } from './query.ts';

type Options = QueryOptions & PlaceOptions & OutputOptions;

const EXAMPLES = `
Conditions on a span (service, route, name, HTTP status, durations, attributes) must all hold on the same one.

Examples:
  agentlog-otel traces --errors --since 1h
  agentlog-otel traces --route 'POST /checkout' --status 5xx --order slowest
  agentlog-otel traces --attr db.system.name=postgresql --attr 'db.query.text~FROM items' --min-duration 100ms
  agentlog-otel traces --text 'card declined' --csv > declined.csv
  agentlog-otel traces --limit 5 --json | jq -r '.traces[].traceId'
`;

/** `traces`: the newest traces, to find an id. */
export const traces: CommandMember = {
  configure(command, terminal) {
    command
      .option('--errors', 'only traces with a failed span')
      .option('--service <name>', 'with a span of this service')
      .option('--route <route>', 'of this route: /orders/:id, or with its method: "GET /orders/:id"')
      .option('--name <name>', 'with a span of this name')
      .option('--status <status>', 'error, ok, an HTTP status (404) or a class (5xx)')
      .option('--http-status <status>', 'an HTTP status (404) or a class (5xx)')
      .option('--min-duration <duration>', 'with a span that took at least this long: 250ms, 1.5s')
      .option(
        '--max-duration <duration>',
        'at most this long: the request, or the span that --name and --attr name',
      );
    addAttributeOption(command, 'a span or its resource').option(
      '--text <words>',
      'with all these words in names, statements, messages of errors and log records',
    );
    addWindowOptions(command, 'traces that started')
      .option('--order <order>', ORDERS.join(', '), 'newest')
      .option('--limit <count>', 'at most this many', '20')
      .option('--cursor <cursor>', 'the next page: what the page before printed');
    addOutputOptions(command, 'one JSON object instead of a table');
    addPlaceOptions(command)
      .addHelpText('after', EXAMPLES)
      .action((options: Options) => run(options, terminal));
  },
};

async function run(options: Options, terminal: Terminal): Promise<void> {
  checkOutput(options);
  const query = readQuery(options, terminal);
  const redactor = createRedactor(readRedaction(terminal));
  const source = await openPlace(options, terminal);
  try {
    const [answer, { redactAnswer, reportOf }] = await Promise.all([
      source.search(query),
      import('./report.ts'),
    ]);
    // An empty answer must say why: what would there be without the filters?
    const wasAnythingRead = answer.traceCount > 0 || query.sinceUnixNano === undefined;
    const unfiltered = wasAnythingRead ? answer : await source.search({ limit: 1 });
    const { known } = await import('./known.ts');
    const report = reportOf({
      answer: redactAnswer(answer, redactor),
      unfiltered,
      query,
      filters: filtersOf(options),
      known: answer.traces.length > 0 ? '' : await known(source, query, redactor),
      sourceName: source.name,
      terminal,
    });
    if (options.json) terminal.write(report.json());
    else if (options.csv) {
      terminal.write(report.csv());
      for (const note of report.notes()) terminal.say(`# ${note}`);
    } else terminal.write(report.text());
  } finally {
    await source.close();
  }
}
