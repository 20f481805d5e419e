import { readFileSync } from 'node:fs';

/** The version of this package; from the sources and from `dist/`, which lies one level deeper. */
export function toolVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (manifest.name === '@agentlog/otel' && manifest.version) return manifest.version;
    } catch {
      // The other place has it.
    }
  }
  return 'unknown';
}
