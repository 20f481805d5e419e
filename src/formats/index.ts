import type { Format } from './format.ts';

/** Every format by name, loaded when it is used. A new one is a file in this folder and a line here. */
export const formats: Readonly<Record<string, () => Promise<Format>>> = {
  markdown: async () => (await import('./markdown/index.ts')).markdown,
  json: async () => (await import('./json.ts')).json,
};
