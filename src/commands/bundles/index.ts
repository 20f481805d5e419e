import { resolve } from 'node:path';
import type { KeptBundle } from '../../bundles/kept-bundles.ts';
import { AgentlogError } from '../../core/errors.ts';
import { bundlesDirectory } from '../bundles-directory.ts';
import type { CommandMember, Terminal } from '../command.ts';

interface Options {
  readonly dir?: string;
  readonly json?: boolean;
  readonly all?: boolean;
}

const EXAMPLES = `
Examples:
  agentlog-otel bundles list
  agentlog-otel bundles show 4bf92f35
  agentlog-otel bundles rm 20261121T084007Z-4bf92f35
`;

/** `bundles`: what `bundle` has written to files. */
export const bundles: CommandMember = {
  configure(command, terminal) {
    const dir = [
      '--dir <path>',
      'where the bundles are (default: bundles in the .agentlog that is used here)',
    ] as const;
    const json = ['--json', 'the same as JSON'] as const;
    command.addHelpText('after', EXAMPLES);
    command
      .command('list', { isDefault: true })
      .description('the newest incident first')
      .option(...dir)
      .option(...json)
      .action((options: Options) => list(options, terminal));
    command
      .command('show <bundle>')
      .description(
        'what is in one, and whether its files are what was written; a name, or the start of its trace id',
      )
      .option(...dir)
      .option(...json)
      .action((name: string, options: Options) => show(name, options, terminal));
    command
      .command('rm [bundle...]')
      .description('delete them')
      .option('--all', 'every bundle')
      .option(...dir)
      .option(...json)
      .action((names: string[], options: Options) => remove(names, options, terminal));
    for (const each of command.commands) {
      each
        .exitOverride()
        .allowExcessArguments(false)
        .showHelpAfterError('Run `agentlog-otel bundles --help` for what there is.');
    }
  },
};

async function read(
  { dir }: Options,
  terminal: Terminal,
): Promise<{ directory: string; kept: KeptBundle[] }> {
  const { keptBundles } = await import('../../bundles/kept-bundles.ts');
  const directory = dir === undefined ? bundlesDirectory(terminal) : resolve(terminal.cwd, dir);
  return { directory, kept: await keptBundles(directory) };
}

async function list(options: Options, terminal: Terminal): Promise<void> {
  const { directory, kept } = await read(options, terminal);
  const { describeBundle, renderList } = await import('./render.ts');
  if (options.json)
    terminal.write(`${JSON.stringify({ directory, bundles: kept.map(describeBundle) }, null, 2)}\n`);
  else terminal.write(renderList(directory, kept));
}

async function show(name: string, options: Options, terminal: Terminal): Promise<void> {
  const bundle = find(await read(options, terminal), name);
  const { checkFiles, renderBundle } = await import('./render.ts');
  const files = await checkFiles(bundle);
  if (options.json) {
    const { path, manifest = null } = bundle;
    terminal.write(`${JSON.stringify({ name: bundle.name, path, files, manifest }, null, 2)}\n`);
  } else terminal.write(renderBundle(bundle, files));
}

async function remove(names: readonly string[], options: Options, terminal: Terminal): Promise<void> {
  if (options.all === names.length > 0) {
    throw new AgentlogError('USAGE', 'Expected the names of bundles, or --all for every one.');
  }
  if (!options.all && names.length === 0) {
    throw new AgentlogError('USAGE', 'Which bundle? Name one as `bundles list` does, or give --all.');
  }
  const found = await read(options, terminal);
  const chosen = options.all ? found.kept : [...new Set(names.map((name) => find(found, name)))];
  const { rm } = await import('node:fs/promises');
  for (const { path } of chosen) {
    await rm(path, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
      throw new AgentlogError('OUTPUT_FAILED', `Cannot delete \`${path}\` (${cause.code ?? 'unknown'}).`, {
        cause,
      });
    });
  }
  const removed = chosen.map(({ name }) => name);
  terminal.write(
    options.json ? `${JSON.stringify({ removed })}\n` : removed.map((name) => `Deleted ${name}\n`).join(''),
  );
}

/** By its name, or by the start of its trace id. */
function find(
  { directory, kept }: { directory: string; kept: readonly KeptBundle[] },
  wanted: string,
): KeptBundle {
  const isId = /^[0-9a-f]{8,32}$/.test(wanted);
  const fits = kept.filter(
    ({ name }) => name === wanted || (isId && name.endsWith(`-${wanted.slice(0, 8)}`)),
  );
  const [first, second] = fits;
  if (first === undefined) {
    throw new AgentlogError(
      'BUNDLE_NOT_FOUND',
      `No such bundle among the ${kept.length} in \`${directory}\`. \`agentlog-otel bundles list\` names them.`,
    );
  }
  if (second === undefined) return first;
  throw new AgentlogError(
    'BUNDLE_NOT_FOUND',
    `${fits.length} bundles fit: ${fits.map(({ name }) => name).join(', ')}. Give the whole name.`,
  );
}
