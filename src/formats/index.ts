import type { Bundle } from '../bundles/bundle.ts';
import { AgentlogError } from '../core/errors.ts';
import { fileNameOf } from './file-names.ts';
import type { Format, RenderOptions } from './format.ts';

/** Every format by name, loaded when it is used. A new one is a file in this folder and a line here. */
export const formats: Readonly<Record<string, () => Promise<Format>>> = {
  markdown: async () => (await import('./markdown/index.ts')).markdown,
  prompt: async () => (await import('./prompt.ts')).prompt,
  json: async () => (await import('./json.ts')).json,
  otlp: async () => (await import('./otlp.ts')).otlp,
  html: async () => {
    const [{ makeHtml }, { prompt }] = await Promise.all([import('./html/index.ts'), import('./prompt.ts')]);
    return makeHtml(prompt);
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

/** All formats in one archive: a function from a bundle to the bytes of a zip. Spans and log records are apart. */
export async function loadZip(): Promise<(bundle: Bundle, options?: RenderOptions) => Uint8Array> {
  const [{ renderZip }, { otlpTraces, otlpLogs }, ...others] = await Promise.all([
    import('./zip/index.ts'),
    import('./otlp.ts'),
    ...Object.keys(formats)
      .filter((name) => name !== 'otlp')
      .map(loadFormat),
  ]);
  return (bundle, options) => {
    const texts = others.map((format) => [fileNameOf(format), format.render(bundle, options)] as const);
    const telemetry = [
      ['traces.otlp.jsonl', otlpTraces(bundle)],
      ['logs.otlp.jsonl', otlpLogs(bundle)],
    ] as const;
    return renderZip(bundle, new Map([...texts, ...telemetry]));
  };
}
