import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AgentlogError } from '../../core/errors.ts';
import { type DecodedLine, decodeLine } from '../../core/otlp/decode.ts';
import { readZip } from './zip.ts';

const MANIFEST = 'manifest.json';
/** The files of a bundle that hold telemetry; the others are made from it. */
const TELEMETRY = /^(?:traces|logs)\.otlp\.jsonl$/;

/**
 * The spans and log records of a bundle, each file checked against the sha256 that its manifest gives. Nothing of the
 * archive is written to disk, so no name in it leads anywhere.
 * @throws AgentlogError STORE_UNREADABLE for what is no bundle, was changed, or is not whole.
 */
export async function readBundleZip(path: string): Promise<Pick<DecodedLine, 'spans' | 'logs'>> {
  const files = byName(readZip(await readFile(path), path), path);
  const manifest = files.get(MANIFEST);
  if (manifest === undefined) throw unusable(path, `it has no ${MANIFEST}, so it is no bundle`);
  const sums = checksums(manifest, path);
  for (const [name, content] of files) {
    if (name === MANIFEST) continue;
    const sum = sums.get(name);
    if (sum === undefined) throw unusable(path, 'it holds a file that its manifest does not name');
    if (createHash('sha256').update(content).digest('hex') !== sum) {
      throw unusable(path, 'a file in it is not what its manifest says (sha256)');
    }
  }
  for (const name of sums.keys()) {
    if (name !== MANIFEST && !files.has(name))
      throw unusable(path, 'a file that its manifest names is missing');
  }
  const telemetry = [...files].filter(([name]) => TELEMETRY.test(name)).sort();
  const lines = telemetry
    .flatMap(([, content]) => content.toString('utf8').split('\n'))
    .filter((line) => line !== '');
  try {
    const decoded = lines.map((line) => decodeLine(line));
    return { spans: decoded.flatMap(({ spans }) => spans), logs: decoded.flatMap(({ logs }) => logs) };
  } catch (cause) {
    throw unusable(path, 'its telemetry is no OTLP/JSON', cause);
  }
}

/** Without the one folder that everything may lie in. */
function byName(entries: ReadonlyMap<string, Buffer>, path: string): ReadonlyMap<string, Buffer> {
  const found = [...entries.keys()].filter((name) => name === MANIFEST || name.endsWith(`/${MANIFEST}`));
  if (found.length > 1) throw unusable(path, `it holds more than one ${MANIFEST}`);
  const folder = found[0]?.slice(0, -MANIFEST.length) ?? '';
  const files = new Map<string, Buffer>();
  for (const [name, content] of entries) {
    if (name.startsWith(folder) && !name.endsWith('/')) files.set(name.slice(folder.length), content);
  }
  return files;
}

/** sha256 by name, out of `files`: a list of `{name, sha256}`, or an object by name. */
function checksums(manifest: Buffer, path: string): ReadonlyMap<string, string> {
  let files: unknown;
  try {
    ({ files } = JSON.parse(manifest.toString('utf8')) as { files?: unknown });
  } catch (cause) {
    throw unusable(path, `its ${MANIFEST} is no JSON`, cause);
  }
  const rows: [unknown, unknown][] = Array.isArray(files)
    ? files.map((file: Record<string, unknown>) => [file?.name ?? file?.path, file?.sha256])
    : Object.entries((files ?? {}) as object).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : (value as { sha256?: unknown } | null)?.sha256,
      ]);
  const sums = new Map<string, string>();
  for (const [name, sum] of rows) {
    if (typeof name !== 'string' || typeof sum !== 'string' || !/^[0-9a-f]{64}$/i.test(sum)) {
      throw unusable(path, `its ${MANIFEST} does not say the sha256 of each file`);
    }
    sums.set(name, sum.toLowerCase());
  }
  return sums;
}

function unusable(path: string, what: string, cause?: unknown): AgentlogError {
  return new AgentlogError(
    'STORE_UNREADABLE',
    `\`${path}\` was not imported: ${what}. Get the bundle anew from where it was made.`,
    { cause },
  );
}
