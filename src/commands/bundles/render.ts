import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptBundle } from '../../bundles/kept-bundles.ts';
import { counted } from '../../formats/numbers.ts';
import { named } from '../../formats/text.ts';

/** A file as it is now beside what the manifest says of it. */
export interface CheckedFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly state: 'as written' | 'changed' | 'not in the manifest';
}

/** One bundle for `--json`. */
export function describeBundle(bundle: KeptBundle): object {
  const { name, path, sizeBytes, files, manifest } = bundle;
  return {
    name,
    path,
    traceId: textOf(manifest?.traceId) ?? null,
    outcome: textOf(manifest?.outcome) ?? null,
    sizeBytes,
    files: files.map((file) => file.name),
  };
}

/** A line each. */
export function renderList(directory: string, kept: readonly KeptBundle[]): string {
  if (kept.length === 0) {
    return `No bundles in ${directory}. \`agentlog-otel bundle --last --format html\` writes one.\n`;
  }
  const lines = kept.map((bundle) => {
    const formats = bundle.files.map(({ name }) => name).filter((name) => name !== 'manifest.json');
    const outcome = named(textOf(bundle.manifest?.outcome) ?? 'unknown');
    return `${bundle.name}  ${outcome.padEnd(8)}${sizeOf(bundle.sizeBytes).padStart(9)}  ${formats.map(named).join(' ')}`;
  });
  return `${lines.join('\n')}\n`;
}

/** What is in one bundle. */
export function renderBundle(bundle: KeptBundle, files: readonly CheckedFile[]): string {
  const { manifest } = bundle;
  const fact = (label: string, value: unknown): string[] =>
    typeof value === 'string' || typeof value === 'number'
      ? [`${label.padEnd(8)} ${named(String(value))}`]
      : [];
  return [
    bundle.path,
    ...fact('trace', manifest?.traceId),
    ...fact('outcome', manifest?.outcome),
    ...fact('began', manifest?.startTime),
    ...fact('made by', manifest === undefined ? undefined : `${manifest.tool} ${manifest.toolVersion}`),
    ...fact('from', manifest?.source),
    `${counted(files.length, 'file')}:`,
    ...files.map(({ name, sizeBytes, state }) => `  ${named(name)} ${sizeOf(sizeBytes)}, ${state}`),
    '',
  ].join('\n');
}

/** Compares every file with the sha256 of the manifest. */
export function checkFiles({ path, files, manifest }: KeptBundle): Promise<CheckedFile[]> {
  const listed = Array.isArray(manifest?.files) ? (manifest.files as readonly unknown[]) : [];
  const hashes = new Map(
    listed.flatMap((each) => {
      const { name, sha256 } = (each ?? {}) as { name?: unknown; sha256?: unknown };
      return typeof name === 'string' && typeof sha256 === 'string' ? [[name, sha256] as const] : [];
    }),
  );
  const others = files.filter(({ name }) => name !== 'manifest.json');
  return Promise.all(
    others.map(async ({ name, sizeBytes }): Promise<CheckedFile> => {
      const expected = hashes.get(name);
      if (expected === undefined) return { name, sizeBytes, state: 'not in the manifest' };
      const content = await readFile(join(path, name)).catch(() => Buffer.alloc(0));
      const isSame = createHash('sha256').update(content).digest('hex') === expected;
      return { name, sizeBytes, state: isSame ? 'as written' : 'changed' };
    }),
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function sizeOf(bytes: number): string {
  return bytes < 10_000
    ? `${bytes} B`
    : bytes < 10_000_000
      ? `${Math.round(bytes / 1000)} kB`
      : `${Math.round(bytes / 1e6)} MB`;
}
