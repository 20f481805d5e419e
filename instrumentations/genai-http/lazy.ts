import { extname } from 'node:path';
import { loadSync } from '../../src/core/load-sync.ts';

type Follow = typeof import('./follow.ts');

let loaded: Follow | undefined;

/** What follows a request, loaded when the first one to a provider is seen (about 2 ms). */
export const lazy: { (): Follow; readonly isLoaded: boolean } = Object.defineProperty(
  () => {
    loaded ??= loadSync(new URL(`./follow${extname(import.meta.url)}`, import.meta.url).href) as Follow;
    return loaded;
  },
  'isLoaded',
  { get: () => loaded !== undefined },
) as never;
