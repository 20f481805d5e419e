import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run-app.ts';

let contents: Readonly<Record<string, readonly string[]>> | undefined;

/** What a file of the bundle was made from, as paths below the root; any other file itself. Needs a build. */
export function unbundled(url: string): readonly string[] {
  const name = /\/dist\/door\/(.+)$/.exec(url)?.[1];
  if (name === undefined) return [url];
  contents ??= JSON.parse(readFileSync(join(ROOT, 'dist/door/contents.json'), 'utf8')) as NonNullable<
    typeof contents
  >;
  return (contents[name] ?? []).map((file) => `/${file}`);
}
