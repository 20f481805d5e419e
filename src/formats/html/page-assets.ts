import { readFileSync } from 'node:fs';
import { AgentlogError } from '../../core/errors.ts';

/** The page's own script and style as `npm run build` made them. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/**
 * From `dist/`, beside this file; from the sources as well, for tests.
 * @throws AgentlogError OUTPUT_FAILED when this package was not built.
 */
export function pageAssets(): PageAssets {
  for (const folder of ['./page/', '../../../dist/src/formats/html/page/']) {
    try {
      const read = (name: string): string => readFileSync(new URL(folder + name, import.meta.url), 'utf8');
      return { script: read('page.js'), style: read('page.css') };
    } catch {
      // The other place has it.
    }
  }
  throw new AgentlogError('OUTPUT_FAILED', 'The page of the report is missing. Run `npm run build` first.');
}
