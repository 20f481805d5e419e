import { AgentlogError } from '../core/errors.ts';
import type { Format } from './format.ts';

/** Every format by name, loaded when it is used. A new one is a file in this folder and a line here. */
export const formats: Readonly<Record<string, () => Promise<Format>>> = {
  markdown: async () => (await import('./markdown/index.ts')).markdown,
  prompt: async () => (await import('./prompt.ts')).prompt,
  json: async () => (await import('./json.ts')).json,
  otlp: async () => (await import('./otlp.ts')).otlp,
  html: async () => {
    const prompt = formats.prompt ?? formats.markdown;
    const [{ makeHtml }, made] = await Promise.all([import('./html/index.ts'), prompt?.()]);
    return makeHtml((bundle) => made?.render(bundle) ?? '');
  },
};

/**
 * The format of this name.
 * @throws AgentlogError USAGE with the names there are.
 */
export async function loadFormat(name: string): Promise<Format> {
  const load = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (load !== undefined) return load();
  throw new AgentlogError('USAGE', `Unknown format. Expected one of: ${Object.keys(formats).join(', ')}.`);
}
