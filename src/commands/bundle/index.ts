import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AgentlogError } from '../../core/errors.ts';
import { AUDIENCES, type RenderOptions } from '../../formats/format.ts';
import type { CommandMember, Terminal } from '../command.ts';
import { addPlaceOptions, openPlace } from '../open-store.ts';
import { readRedaction } from '../read-redaction.ts';
import { addWantedOptions, readWanted, type WantedOptions } from './wanted.ts';
import { RENDERINGS, renderingOf, writeBundle, ZIP } from './write-bundle.ts';

interface Options extends WantedOptions {
  readonly dir?: string;
  readonly format?: string;
  readonly out?: string;
  readonly open?: boolean;
  readonly maxTokens?: string;
  readonly for?: string;
  readonly project?: string;
  /** `--source <where>`, or false for `--no-source`. */
  readonly source?: string | false;
  readonly code: boolean;
}

/** The frame alone takes half of it. */
const MIN_TOKENS = 700;

const EXAMPLES = `
What is shown is redacted once more, as the AGENTLOG_REDACTION* variables say.

Examples:
  agentlog-otel bundle --trace-id 4bf92f3577b34da6a3ce929d0e0e4736
  agentlog-otel bundle --trace-id 4bf92f35 --format json --out bundle.json
  agentlog-otel bundle --last --format prompt --for claude
  agentlog-otel bundle --last --open
  agentlog-otel bundle --last --format zip --out incidents/
  agentlog-otel bundle --route "GET /orders" --since 1h
  pbpaste | agentlog-otel bundle --text -
  agentlog-otel bundle --trace-id 4bf92f35 --dir collector-output/traces.jsonl
`;

/** `bundle`: everything about one incident as one document. */
export const bundle: CommandMember = {
  configure(command, terminal) {
    addPlaceOptions(addWantedOptions(command.argument('[trace-id]', 'the same as --trace-id')))
      .option('--format <name>', `${RENDERINGS.join(', ')} (default: markdown)`)
      .option(
        '--max-tokens <count>',
        'markdown and prompt: what matters least is left out and counted (default: 8000)',
      )
      .option('--for <agent>', 'prompt: claude, cursor or codex')
      .option(
        '--project <dir>',
        'where source lines may be read (default: the repository around this directory)',
      )
      .option('--no-code', 'no lines of source code')
      .option('--no-source', 'the same as --no-code')
      .option(
        '--out <path>',
        'a file, a directory in which the bundle has a folder of its own, or - for standard output ' +
          '(default: -; for html and zip .agentlog/bundles)',
      )
      .option('--open', 'open the report in the browser; the format is html')
      .addHelpText('after', EXAMPLES)
      .action((traceId: string | undefined, options: Options) => {
        if (traceId !== undefined && options.traceId !== undefined)
          throw new AgentlogError('USAGE', 'Expected one trace id, got two. Each bundle is of one trace.');
        return run({ ...options, ...(traceId !== undefined && { traceId }) }, terminal);
      });
  },
};

async function run(options: Options, terminal: Terminal): Promise<void> {
  const format = formatOf(options);
  const rendering = await renderingOf(format, readRendering(options, format));
  const redaction = readRedaction(terminal);
  const wanted = readWanted(options, terminal, redaction);
  const [{ makeBundle }, { selectTrace }] = await Promise.all([
    import('../../bundles/index.ts'),
    import('../../bundles/select/index.ts'),
  ]);
  const { dir, source: place } = options;
  const where = { ...(dir !== undefined && { dir }), ...(place && { source: place }) };
  const source = await openPlace(where, terminal);
  const project = projectOf(options, terminal);
  const hasProject = options.code && place !== false && project !== undefined;
  try {
    const { traceId, selection } = await selectTrace(source, wanted);
    const made = await makeBundle(source, traceId, {
      redaction,
      selection,
      ...(hasProject && { project }),
    });
    const path = await writeBundle(made, rendering, options.out, terminal);
    if (options.open && path !== undefined) {
      const { openFile } = await import('../open-file.ts');
      await openFile(path, terminal);
    }
  } finally {
    await source.close();
  }
}

/** `--open` is for the report, which then must be a file. */
function formatOf({ format, open, out }: Options): string {
  if (!open) return format ?? 'markdown';
  if ((format ?? 'html') === 'html' && out !== '-') return 'html';
  throw new AgentlogError(
    'USAGE',
    'Expected --open with --format html and a file: nothing else opens in a browser.',
  );
}

/** @throws AgentlogError USAGE. */
function readRendering({ maxTokens, for: agent }: Options, format: string): RenderOptions {
  const audience = AUDIENCES.find((each) => each === agent);
  if (agent !== undefined && audience === undefined) {
    throw new AgentlogError('USAGE', `Expected --for to be one of: ${AUDIENCES.join(', ')}.`);
  }
  expectUsed('--for', agent, ['prompt', ZIP], format);
  expectUsed('--max-tokens', maxTokens, ['markdown', 'prompt', ZIP], format);
  const limit = Number(maxTokens);
  if (maxTokens !== undefined && !(/^\d{1,7}$/.test(maxTokens) && limit >= MIN_TOKENS)) {
    throw new AgentlogError('USAGE', `Expected --max-tokens to be a whole number of at least ${MIN_TOKENS}.`);
  }
  return {
    ...(audience !== undefined && { audience }),
    ...(maxTokens !== undefined && { maxTokens: limit }),
  };
}

/** What would change nothing was meant to. */
function expectUsed(
  option: string,
  given: string | undefined,
  formats: readonly string[],
  format: string,
): void {
  if (given === undefined || formats.includes(format)) return;
  throw new AgentlogError(
    'USAGE',
    `${option} changes nothing in --format ${format}; it is for ${formats.join(', ')}.`,
  );
}

/** @throws AgentlogError USAGE for a directory that is not there: the bundle would lack its source without a word. */
function projectOf({ project }: Options, { cwd }: Terminal): string | undefined {
  if (project === undefined) return projectRoot(cwd);
  const path = resolve(cwd, project);
  if (existsSync(path)) return path;
  throw new AgentlogError('USAGE', `Expected --project to be a directory, and \`${path}\` is not there.`);
}

/** The nearest directory upwards with a `.git`, else with a package.json; undefined for neither. */
function projectRoot(cwd: string): string | undefined {
  let manifest: string | undefined;
  for (let at = cwd; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (manifest === undefined && existsSync(join(at, 'package.json'))) manifest = at;
    if (dirname(at) === at) return manifest;
  }
}
