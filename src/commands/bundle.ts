import type { CommandMember, Terminal } from './command.ts';
import { DIR_HELP, openStore } from './open-store.ts';
import { readRedaction } from './read-redaction.ts';
import { writeOutput } from './write-output.ts';

interface Options {
  readonly traceId: string;
  readonly dir?: string;
  readonly format: string;
  readonly out?: string;
}

const EXAMPLES = `
What is shown is redacted once more, as the AGENTLOG_REDACTION* variables say.

Examples:
  agentlog-otel bundle --trace-id 4bf92f3577b34da6a3ce929d0e0e4736
  agentlog-otel bundle --trace-id 4bf92f35 --format json --out bundle.json
  agentlog-otel bundle --trace-id 4bf92f35 --dir collector-output/traces.jsonl
`;

/** `bundle`: everything about one trace as one document. */
export const bundle: CommandMember = {
  configure(command, terminal) {
    command
      .requiredOption('--trace-id <id>', '32 hex digits, or a unique prefix of at least 8')
      .option('--dir <path>', DIR_HELP)
      .option('--format <name>', 'markdown or json', 'markdown')
      .option('--out <path>', 'write to this file instead of standard output (-)')
      .addHelpText('after', EXAMPLES)
      .action((options: Options) => run(options, terminal));
  },
};

async function run(options: Options, terminal: Terminal): Promise<void> {
  const [{ loadFormat }, { makeBundle }] = await Promise.all([
    import('../formats/index.ts'),
    import('../bundles/index.ts'),
  ]);
  const format = await loadFormat(options.format);
  const source = await openStore(options.dir, terminal);
  const redaction = readRedaction(terminal);
  try {
    const made = await makeBundle(source, options.traceId, { redaction });
    await writeOutput(format.render(made), options.out, terminal);
  } finally {
    await source.close();
  }
}
