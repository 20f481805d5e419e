import { lstatSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Attributes } from '@opentelemetry/api';
import type { ResourceDetector } from '@opentelemetry/resources';
import { attempt } from '../core/attempt.ts';
import { SERVICE_NAME, SERVICE_VERSION, VCS_REF_HEAD_REVISION } from '../core/attributes.ts';

/** Files that are read; a larger one is none of ours. */
const MAX_BYTES = 4 * 1024 * 1024;
const REVISION = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * What the app's own project says: name and version of the nearest `package.json` with a name, and the git revision
 * that is checked out. A few `stat` calls and at most five small files, about 0.1 ms; no subprocess. Never throws.
 *
 * Looks from the entry's directory upwards, not past the root of the repository, and not at an entry inside
 * `node_modules`: a tool's name is not the app's.
 */
export const projectDetector: ResourceDetector = { detect: () => ({ attributes: describeProject() }) };

/** The same for any entry file; without one (`node -e`) the working directory counts. */
export function describeProject(entry: string | undefined = process.argv[1]): Attributes {
  const attributes: Attributes = {};
  const start = attempt(() => (entry ? dirname(resolve(entry)) : process.cwd()));
  if (start === undefined || /[\\/]node_modules[\\/]/.test(`${start}/`)) return attributes;
  let hasName = false;
  for (let at = start; ; at = dirname(at)) {
    const manifest = hasName ? undefined : parse(read(join(at, 'package.json')));
    if (typeof manifest?.name === 'string' && manifest.name !== '') {
      hasName = true;
      attributes[SERVICE_NAME] = manifest.name;
      if (typeof manifest.version === 'string') attributes[SERVICE_VERSION] = manifest.version;
    }
    const isRoot = attempt(() => lstatSync(join(at, '.git'))) !== undefined;
    const revision = isRoot ? revisionOf(join(at, '.git')) : undefined;
    if (revision !== undefined) attributes[VCS_REF_HEAD_REVISION] = revision;
    if (isRoot || dirname(at) === at) return attributes;
  }
}

/** https://git-scm.com/docs/gitrepository-layout: a directory, or in a worktree a file that names it. */
function revisionOf(dotGit: string): string | undefined {
  const link = /^gitdir: (.+)$/m.exec(read(dotGit) ?? '')?.[1];
  const directory = link === undefined ? dotGit : resolve(dirname(dotGit), link.trim());
  const head = read(join(directory, 'HEAD'))?.trim();
  if (head === undefined || REVISION.test(head)) return head;
  const ref = /^ref: (refs\/[\w./+@-]+)$/.exec(head)?.[1];
  if (ref === undefined || ref.includes('..')) return undefined;
  const common = resolve(directory, read(join(directory, 'commondir'))?.trim() ?? '.');
  const loose = read(join(directory, ref)) ?? read(join(common, ref));
  if (loose !== undefined) return REVISION.test(loose.trim()) ? loose.trim() : undefined;
  const packed = (read(join(common, 'packed-refs')) ?? '')
    .split('\n')
    .find((line) => line.endsWith(` ${ref}`));
  const [revision = ''] = packed?.split(' ') ?? [];
  return REVISION.test(revision) ? revision : undefined;
}

function read(path: string): string | undefined {
  return attempt(() => {
    const stat = lstatSync(path);
    return stat.isFile() && stat.size <= MAX_BYTES ? readFileSync(path, 'utf8') : undefined;
  });
}

function parse(text: string | undefined): { name?: unknown; version?: unknown } | undefined {
  return attempt(() => (text === undefined ? undefined : JSON.parse(text))) ?? undefined;
}
