import type { CommandMember, Terminal } from './command.ts';
import { faultsOf } from './faults.ts';
import { addPlaceOptions, openPlace, type PlaceOptions } from './open-store.ts';
import { parseCount } from './parse-count.ts';
import { readRedaction } from './read-redaction.ts';
import { resolveSpan } from './span-handles.ts';

interface Options extends PlaceOptions {
  readonly focus?: string;
  readonly maxChars?: string;
  readonly json?: boolean;
}

const MIN_CHARS = 250;
const MAX_CHARS = 100_000_000;

const EXAMPLES = `
Each line is a span, or at least three siblings that are alike (#10-49 … ×40). \`*\` stands before what the end of the
request waited for, with its own share behind (critical 12ms). ERROR, UNFINISHED and N+1 ×40 mark what went wrong.
\`#n\` is the same in \`bundle\`, \`spans\` and \`logs\`. A shell takes a bare # for a comment: write 3 or '#3'.

Examples:
  agentlog-otel trace 4bf92f3577b34da6a3ce929d0e0e4736
  agentlog-otel trace 4bf92f35 --focus 9
  agentlog-otel trace 4bf92f35 --max-chars 4000
  agentlog-otel trace 4bf92f35 --json | jq '.spans[] | select(.isError)'
`;

/** `trace`: one trace as a tree. */
export const trace: CommandMember = {
  configure(command, terminal) {
    command
      .argument('<trace-id>', '32 hex digits, or a unique prefix of at least 8')
      .option('--focus <span>', 'only this span (3, #3 or its id), what is above and what is below it')
      .option('--max-chars <count>', 'at most this many characters, in whole lines: what failed comes first')
      .option('--json', 'the tree as JSON, a span a line');
    addPlaceOptions(command)
      .addHelpText('after', EXAMPLES)
      .action((traceId: string, options: Options) => run(traceId, options, terminal));
  },
};

async function run(traceId: string, options: Options, terminal: Terminal): Promise<void> {
  const maxChars =
    options.maxChars === undefined
      ? undefined
      : parseCount(options.maxChars, '--max-chars', MAX_CHARS, MIN_CHARS);
  const source = await openPlace(options, terminal);
  try {
    const { viewTrace } = await import('../bundles/trace-view.ts');
    const view = await viewTrace(source, traceId, readRedaction(terminal));
    const focus = options.focus === undefined ? undefined : resolveSpan(view, options.focus, '--focus');
    const wanted = { ...(focus !== undefined && { focus }), ...(maxChars !== undefined && { maxChars }) };
    if (options.json) {
      const { renderTreeJson } = await import('../formats/terminal/tree-json.ts');
      terminal.write(renderTreeJson(view, wanted));
      return;
    }
    const { renderTree } = await import('../formats/terminal/tree.ts');
    const notes = [faultsOf(view.coverage)].filter((note) => note !== '');
    terminal.write(renderTree(view, { ...wanted, notes }, terminal));
  } finally {
    await source.close();
  }
}
