import { resolve } from 'node:path';
import { AgentlogError } from '../../core/errors.ts';
import type { CommandMember, Terminal } from '../command.ts';
import { findStore } from '../open-store.ts';
import { readRedaction } from '../read-redaction.ts';

interface Options {
  readonly dir?: string;
}

const EXAMPLES = `
Takes OTLP files of anyone, as JSON, JSON lines or protobuf, also compressed (.gz, .zst), and bundles as zip, whose
checksums are verified. What comes in is redacted as the AGENTLOG_REDACTION* variables say. A file appears in the store
whole or not at all; what was imported before is not imported again. Metrics are left out.

Examples:
  agentlog-otel import bundle-4bf92f35.zip
  agentlog-otel import collector-output/*.jsonl --dir /tmp/incident
`;

/** `import`: OTLP files, or bundles of another machine, into the store. */
export const importFiles: CommandMember = {
  configure(command, terminal) {
    command
      .argument('<file...>', 'OTLP files or bundles')
      .option(
        '--dir <path>',
        'the store (default: AGENTLOG_DIR, else the nearest .agentlog upwards, else a new one)',
      )
      .addHelpText('after', EXAMPLES)
      .action((files: readonly string[], options: Options) => run(files, options, terminal));
  },
};

async function run(files: readonly string[], { dir }: Options, terminal: Terminal): Promise<void> {
  const [{ readTelemetry }, { StoreWriter }] = await Promise.all([
    import('./read-telemetry.ts'),
    import('./store-writer.ts'),
  ]);
  const store = resolve(terminal.cwd, findStore(dir, terminal));
  const redaction = readRedaction(terminal);
  let emptyCount = 0;
  for (const file of files) {
    const writer = await StoreWriter.open(store, { redaction, now: new Date(terminal.now) });
    try {
      const problems = await readTelemetry(resolve(terminal.cwd, file), (some) => writer.add(some));
      for (const problem of problems) terminal.say(`agentlog-otel: \`${file}\`: ${problem}.`);
      const { spanCount, logCount } = writer;
      if (spanCount + logCount === 0) {
        emptyCount += 1;
        terminal.say(`agentlog-otel: \`${file}\` holds no span and no log record.`);
        continue;
      }
      const isNew = await writer.finish();
      const what = `${spanCount} spans and ${logCount} log records`;
      terminal.write(
        isNew ? `Imported ${what} from ${file}.\n` : `${file} is in the store already (${what}).\n`,
      );
    } finally {
      await writer.discard();
    }
  }
  if (emptyCount === files.length) {
    throw new AgentlogError(
      'STORE_UNREADABLE',
      'Nothing was imported. Expected OTLP (a line that begins with {"resourceSpans"), the same in protobuf, or a bundle.zip.',
    );
  }
}
