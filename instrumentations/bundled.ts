import type { InstrumentationMember } from './instrumentation.ts';
import type { LoadedInstrumentations } from './load.ts';

/** A text that minifying leaves in, for the libraries whose source we have looked at. */
const FINGERPRINTS: Readonly<Record<string, string>> = {
  express: 'trust proxy fn',
  fastify: 'FST_ERR_',
  knex: 'Knex: Timeout acquiring a connection',
  openai: 'OPENAI_API_KEY',
  pg: 'Client has encountered a connection error and is not queryable',
  pino: 'pino.msgPrefix',
};

/** Libraries we carry something for that nobody has loaded so far; without those that were switched off. */
export function unhookedLibraries(
  members: readonly InstrumentationMember[],
  loaded: LoadedInstrumentations,
): string[] {
  const isHooked = new Map(
    loaded.hooked.map(({ name }, index) => [name, hasPatched(loaded.instrumentations[index])] as const),
  );
  const isAbsent = new Set(
    loaded.skipped.filter(({ reason }) => reason.startsWith('not installed')).map(({ name }) => name),
  );
  const candidates = members.filter(({ name, fromApp }) => {
    return !fromApp && (isHooked.get(name) === false || isAbsent.has(name));
  });
  const hooked = members.filter(({ name }) => isHooked.get(name) === true).flatMap((each) => each.libraries);
  return [...new Set(candidates.flatMap(({ libraries }) => libraries))].filter(
    (each) => !hooked.includes(each),
  );
}

/**
 * Those of the libraries whose code lies in a bundle: by the paths that bundlers leave in comments, module names
 * and source maps, or by a text of the library itself. Linear in the text.
 */
export function findBundled(text: string, libraries: readonly string[]): string[] {
  const seen = new Set<string>();
  for (const [, name] of text.matchAll(/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//g)) seen.add(name as string);
  return libraries.filter((library) => {
    const fingerprint = FINGERPRINTS[library];
    return seen.has(library) || (fingerprint !== undefined && text.includes(fingerprint));
  });
}

interface Definition {
  readonly moduleExports?: unknown;
  readonly files?: readonly Definition[];
}

function hasPatched(instrumentation: unknown): boolean {
  const described = instrumentation as { getModuleDefinitions?: () => Definition[] };
  const definitions = described.getModuleDefinitions?.() ?? [];
  const isLoaded = (each: Definition): boolean =>
    each.moduleExports !== undefined || (each.files ?? []).some(isLoaded);
  return definitions.some(isLoaded);
}
