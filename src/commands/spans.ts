import { AgentlogError } from '../core/errors.ts';
import type { CommandMember, Terminal } from './command.ts';
import { addPlaceOptions, openPlace, type PlaceOptions } from './open-store.ts';
import { readRedaction } from './read-redaction.ts';
import { resolveSpans } from './span-handles.ts';

interface Options extends PlaceOptions {
  readonly json?: boolean;
}

const EXAMPLES = `
Spans are named by the handles that \`trace\` and \`bundle\` show. A shell takes a bare # for a comment: write 3 or '#3'.

Examples:
  agentlog-otel spans 4bf92f35 3 7
  agentlog-otel spans 4bf92f35 '#3-7' --json | jq '.spans[].attributes'
  agentlog-otel spans 4bf92f35 00f067aa0ba902b7
`;

/** `spans`: everything that was recorded of some spans of a trace. */
export const spans: CommandMember = {
  configure(command, terminal) {
    command
      .argument('<trace-id>', '32 hex digits, or a unique prefix of at least 8')
      .argument('[span...]', "which ones: 3, '#3', a range 3-7, or an id of 16 hex digits")
      .option('--json', 'one JSON object, a span a line');
    addPlaceOptions(command)
      .addHelpText('after', EXAMPLES)
      .action((traceId: string, names: string[], options: Options) => run(traceId, names, options, terminal));
  },
};

async function run(
  traceId: string,
  names: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<void> {
  if (names.length === 0) {
    throw new AgentlogError(
      'USAGE',
      "Name the spans, such as 3 or '#3' (a shell takes a bare # for a comment). `agentlog-otel trace <trace-id>` shows them.",
    );
  }
  const source = await openPlace(options, terminal);
  try {
    const { viewTrace } = await import('../bundles/trace-view.ts');
    const view = await viewTrace(source, traceId, readRedaction(terminal));
    const chosen = resolveSpans(view, names).flatMap((id) => view.trace.byId.get(id) ?? []);
    if (options.json) {
      const { describeSpan, jsonLine } = await import('../formats/json.ts');
      const lines = chosen.map((span) => {
        const parentHandle = view.handles.get(span.parentSpanId ?? '');
        return jsonLine({
          ...describeSpan(span, view.handles),
          ...(parentHandle !== undefined && { parentHandle }),
          resource: span.resource.attributes,
          scope: span.scope,
        });
      });
      const head = JSON.stringify({ schemaVersion: view.schemaVersion, traceId: view.traceId });
      terminal.write(`${head.slice(0, -1)},"spans":[\n${lines.join(',\n')}\n]}\n`);
      return;
    }
    const { renderSpan } = await import('../formats/terminal/span.ts');
    for (const [index, span] of chosen.entries()) {
      terminal.write(`${index === 0 ? '' : '\n'}${renderSpan(view, span, terminal)}`);
      await terminal.drained();
    }
  } finally {
    await source.close();
  }
}
