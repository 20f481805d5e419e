import type { Format } from './format.ts';

const NAMES: Readonly<Record<string, string>> = {
  markdown: 'bundle.md',
  json: 'bundle.json',
  prompt: 'prompt.md',
  html: 'report.html',
};

/** What the file of a format is called in the folder or archive of a bundle. */
export function fileNameOf({ name, fileExtension }: Pick<Format, 'name' | 'fileExtension'>): string {
  return NAMES[name] ?? `bundle.${fileExtension}`;
}

/** What the archive of all of them is called. */
export const ARCHIVE_NAME = 'bundle.zip';
/** What the list of the files beside it is called. */
export const MANIFEST_NAME = 'manifest.json';
