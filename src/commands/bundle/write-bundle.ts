import { readFile, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { Bundle } from '../../bundles/bundle.ts';
import { bundleName } from '../../bundles/bundle-name.ts';
import { AgentlogError } from '../../core/errors.ts';
import { ARCHIVE_NAME, fileNameOf, MANIFEST_NAME } from '../../formats/file-names.ts';
import type { RenderOptions } from '../../formats/format.ts';
import { formats, loadFormat, loadZip } from '../../formats/index.ts';
import { type ManifestFile, manifestFile, renderManifest } from '../../formats/manifest.ts';
import { expectOwn, makeBundlesDirectory } from '../bundles-directory.ts';
import type { Terminal } from '../command.ts';
import { makeDirectory, writeOutput, writeWhole } from '../write-output.ts';

/** All formats in one file; not a format itself, because it is no text. */
export const ZIP = 'zip';

/** A rendered bundle: what it is called in a folder, and whether it goes into one when nothing else is said. */
export interface Rendering {
  readonly fileName: string;
  readonly isForFolder: boolean;
  readonly isText: boolean;
  render(bundle: Bundle): string | Uint8Array;
}

/**
 * How a format, or `zip`, is written.
 * @throws AgentlogError USAGE for any other name.
 */
export async function renderingOf(name: string, options: RenderOptions = {}): Promise<Rendering> {
  if (name === ZIP) {
    const zip = await loadZip();
    const render = (bundle: Bundle): Uint8Array => zip(bundle, options);
    return { fileName: ARCHIVE_NAME, isForFolder: true, isText: false, render };
  }
  if (!RENDERINGS.includes(name)) {
    throw new AgentlogError('USAGE', `Unknown format. Expected one of: ${RENDERINGS.join(', ')}.`);
  }
  const format = await loadFormat(name);
  return {
    fileName: fileNameOf(format),
    isForFolder: name === 'html',
    isText: true,
    render: (bundle) => format.render(bundle, options),
  };
}

/** The names of {@link renderingOf}, for help. */
export const RENDERINGS: readonly string[] = [...Object.keys(formats), ZIP];

/**
 * Writes a bundle to `--out`: `-` for standard output, a file, or a directory, in which it has a folder of its own.
 * Without `--out` text goes to standard output, a report or an archive to the folder of bundles. Returns the path of
 * the file; undefined for standard output.
 * @throws AgentlogError OUTPUT_FAILED, USAGE for an archive on a terminal.
 */
export async function writeBundle(
  bundle: Bundle,
  { fileName, isForFolder, isText, render }: Rendering,
  out: string | undefined,
  terminal: Terminal,
): Promise<string | undefined> {
  if (out === '-' || (out === undefined && !isForFolder)) {
    if (!isText && terminal.columns !== undefined) {
      throw new AgentlogError('USAGE', 'An archive is no text for a terminal. Name a file with --out.');
    }
    await writeOutput(render(bundle), '-', terminal);
    return undefined;
  }
  const isFolder = out === undefined || (await isDirectory(resolve(terminal.cwd, out), out));
  if (out !== undefined && !isFolder) {
    await writeOutput(render(bundle), out, terminal);
    return resolve(terminal.cwd, out);
  }
  const content = render(bundle);
  const parent = out === undefined ? await makeBundlesDirectory(terminal) : resolve(terminal.cwd, out);
  const folder = join(parent, bundleName(bundle));
  await makeDirectory(folder);
  expectOwn(folder);
  const path = join(folder, fileName);
  await writeWhole(path, content);
  await writeWhole(join(folder, MANIFEST_NAME), renderManifest(bundle, await listed(folder)));
  terminal.say(`Wrote ${path} (${Buffer.byteLength(content)} bytes).`);
  return path;
}

async function isDirectory(path: string, given: string): Promise<boolean> {
  if (given.endsWith('/') || given.endsWith(sep)) return true;
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

/** The files of the folder that this tool knows, as they are now. */
async function listed(folder: string): Promise<ManifestFile[]> {
  const all = await Promise.all(Object.keys(formats).map(loadFormat));
  const names = [...all.map(fileNameOf), ARCHIVE_NAME];
  const files = await Promise.all(
    names.map((name) =>
      readFile(join(folder, name)).then(
        (content) => manifestFile(name, content),
        () => undefined,
      ),
    ),
  );
  return files.filter((file) => file !== undefined);
}
