import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { instrumentations } from '../../instrumentations/index.ts';
import { OPTIONS, type OptionRow } from '../../src/core/options.ts';
import { EVENT_FIELDS } from '../../src/formats/flat-events.ts';
import { exitMarkdown, exitTable } from '../e2e/exit-table.ts';
import { temporaryDirectory } from '../e2e/run-app.ts';
import { CAPABILITY_NAMES, GENAI_LIBRARIES } from '../instrumentations/genai-capabilities.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const exec = promisify(execFile);

/** What stands between `<!-- name -->` and `<!-- /name -->` in the README: made, never typed. */
export const blocks: Readonly<Record<string, () => Promise<string> | string>> = {
  demo,
  'exit-paths': async () => exitMarkdown(await exitTable()),
  options: () => table(['Variable', 'In code', 'Default', 'Meaning'], OPTIONS.map(optionRow)),
  events: () =>
    table(
      ['`event_type`', 'Fields'],
      Object.entries(EVENT_FIELDS).map(([kind, fields]) => [kind === 'all' ? 'all' : `\`${kind}\``, fields]),
    ),
  instrumentations: () =>
    instrumentations
      .map(({ name }) => `\`${name}\``)
      .sort()
      .join(', '),
  genai: () =>
    table(
      ['Captured', ...GENAI_LIBRARIES.map(({ library, versions }) => `\`${library}\` ${versions}`)],
      CAPABILITY_NAMES.filter((name) => GENAI_LIBRARIES.some(({ captures }) => captures.includes(name))).map(
        (name) => [name, ...GENAI_LIBRARIES.map(({ captures }) => (captures.includes(name) ? '✓' : ''))],
      ),
    ),
};

/** The output of the demo from the bundle's command to the tree of spans: real, but for the path of this checkout. */
async function demo(): Promise<string> {
  using directory = temporaryDirectory();
  const { stdout } = await exec(process.execPath, [join(ROOT, 'examples/shop/demo.mjs')], {
    cwd: ROOT,
    env: { ...process.env, AGENTLOG_DIR: directory.path, NO_COLOR: '1' },
  });
  const lines = stdout.split('\n');
  const start = lines.findIndex((line) => line.startsWith('$ npx agentlog-otel bundle'));
  const stop = lines.findIndex((line) => line.startsWith('The files are in'));
  const text = lines.slice(start, stop).join('\n').trimEnd();
  const shown = text
    .replaceAll(`${ROOT}/`, '')
    .replace(/ --dir \S+/, '')
    .replaceAll(/jsonl:[^"]*/g, 'jsonl:.agentlog');
  // The rest is in examples/bundles.
  const end = shown.indexOf('\n## Errors');
  if (end < 0) throw new Error('the bundle of the demo has no section of errors');
  return `\`\`\`\`text\n${shown.slice(0, end)}\n…\n\`\`\`\``;
}

function optionRow(row: OptionRow): string[] {
  const unit = row.unit === undefined ? '' : ` ${row.unit}`;
  const values = row.values === undefined ? '' : ` (${row.values.join(', ')})`;
  const standard = row.default === '' ? '' : `\`${row.default}\`${unit}`;
  return [`\`${row.env}\``, `\`${row.name}\``, standard, row.meaning + values];
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const pattern = (name: string) => new RegExp(`(<!-- ${name} -->\\n)([\\s\\S]*?)(<!-- /${name} -->)`);

/** The text of a block as it stands in a README, or undefined. */
export function readBlock(readme: string, name: string): string | undefined {
  return pattern(name).exec(readme)?.[2]?.trimEnd();
}

export function writeBlock(readme: string, name: string, text: string): string {
  return readme.replace(pattern(name), (_, start: string, _old, end: string) => `${start}${text}\n${end}`);
}

/** What may differ between two runs: ids, times, handles, and the order of spans that start together. */
export function timeless(text: string): string[] {
  // Which of two short spans took longer is a matter of the machine, and so is what is said of it in passing.
  const withoutAsides = text.replaceAll(/^\d+\. INFO .*\n(?: {3}.*\n)*/gm, '');
  return withoutAsides
    .replaceAll(/\b[0-9a-f]{16,32}\b/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/\d+(?:\.\d+)?(?:ms|s)\b/g, 'Nms')
    .replaceAll(/#\d+(?:-\d+)?/g, '#n')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/\bpid \d+/g, 'pid N')
    .replaceAll(/ set: [A-Z0-9_ ]+/g, ' set: NAMES')
    .replaceAll(/\brevision [0-9a-f]+/g, 'revision R')
    .replaceAll(/"nodejs [^"]+" · "[^"]+"/g, 'RUNTIME')
    .split('\n')
    .sort();
}
