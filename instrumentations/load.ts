import { isBuiltin } from 'node:module';
import { extname, isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { loadSync } from '../src/core/load-sync.ts';
import { aside } from './aside.ts';
import { guardHooks, guardPatches } from './guards.ts';
import type { AppResolver, InstrumentationMember } from './instrumentation.ts';
import { isKnownVersion } from './known-versions.ts';
import { moduleDefinitions } from './module-definitions.ts';

export interface LoadOptions {
  /** `OTEL_NODE_ENABLED_INSTRUMENTATIONS`: only these. Absent or empty: all. */
  readonly enabled?: readonly string[];
  /** `OTEL_NODE_DISABLED_INSTRUMENTATIONS`: not these; wins over `enabled`. */
  readonly disabled?: readonly string[];
  readonly resolvesFromApp: AppResolver;
  /**
   * By name or by upstream's package name. As upstream: `enabled: false` turns one off, `enabled: true` turns
   * it on whatever the two lists say.
   */
  readonly configs?: Readonly<Record<string, object>>;
}

/** What would be hooked in an app and what not, and why. */
export interface InstrumentationPlan {
  /** With the libraries of the app it is there for; empty for what belongs to Node. */
  readonly hooked: { readonly name: string; readonly libraries: string[] }[];
  readonly skipped: { readonly name: string; readonly reason: string }[];
}

export interface LoadedInstrumentations extends InstrumentationPlan {
  readonly instrumentations: Instrumentation[];
  /** Scope names of those of which two instances record everything twice. */
  readonly addingUp: string[];
  /** For import-in-the-middle's `include`: packages, files of packages, file URLs; no Node builtins, no doubles. */
  readonly hookedModules: string[];
}

/**
 * The same decision as {@link loadMembers}, and whether the installed version is one that is patched. Loads the
 * instrumentations for that; patches nothing. Never throws.
 */
export function planMembers(
  members: readonly InstrumentationMember[],
  options: LoadOptions,
): InstrumentationPlan {
  const plan: InstrumentationPlan = { hooked: [], skipped: unknownNames(members, options) };
  for (const member of members) {
    const { libraries, reason: decided } = decide(member, configOf(member, options), options);
    const reason = decided ?? unknownVersion(member, libraries, options);
    if (reason === undefined) plan.hooked.push({ name: member.name, libraries });
    else plan.skipped.push({ name: member.name, reason });
  }
  return plan;
}

/**
 * Loads and constructs the members the app has a library for. Synchronous; a member that throws is skipped
 * with its reason. Cost: about 1 ms for each instrumentation loaded, next to nothing for one that is not.
 */
export function loadMembers(
  members: readonly InstrumentationMember[],
  options: LoadOptions,
): LoadedInstrumentations {
  const loaded: LoadedInstrumentations = {
    instrumentations: [],
    addingUp: [],
    hooked: [],
    hookedModules: [],
    skipped: [],
  };
  const modules = new Set<string>();
  for (const member of members) {
    try {
      const config = configOf(member, options);
      const { libraries, reason } = decide(member, config, options);
      if (reason !== undefined) {
        loaded.skipped.push({ name: member.name, reason });
        continue;
      }
      const instrumentation = construct(member, config, options.resolvesFromApp);
      loaded.instrumentations.push(instrumentation);
      if (member.addsUp) loaded.addingUp.push(instrumentation.instrumentationName);
      loaded.hooked.push({ name: member.name, libraries });
      // One of the app's own has its own copy of the hooks; ours would wrap its modules for nobody.
      if (member.fromApp) continue;
      for (const name of patchedModules(instrumentation)) modules.add(name);
      for (const name of member.specifiers ?? []) modules.add(name);
    } catch (error) {
      loaded.skipped.push({ name: member.name, reason: `failed to load: ${firstLine(error)}` });
    }
  }
  loaded.skipped.push(...unknownNames(members, options));
  loaded.hookedModules.push(...modules);
  return loaded;
}

/** A library of a version that its instrumentation does not know is left as it is, without a word. */
function unknownVersion(
  member: InstrumentationMember,
  installed: readonly string[],
  { resolvesFromApp }: LoadOptions,
): string | undefined {
  if (member.fromApp || installed.length === 0) return undefined;
  const ranges = new Map<string, string[]>();
  try {
    const instrumentation = construct({ ...member, startsLate: true }, {}, resolvesFromApp);
    for (const { name, supportedVersions = [] } of moduleDefinitions(instrumentation)) {
      ranges.set(name, [...(ranges.get(name) ?? []), ...supportedVersions]);
    }
  } catch (error) {
    return `failed to load: ${firstLine(error)}`;
  }
  const unknown: string[] = [];
  for (const library of installed) {
    const version = resolvesFromApp.versionOf?.(library);
    const known = ranges.get(library);
    if (version === undefined || known === undefined || isKnownVersion(version, known)) return undefined;
    unknown.push(`${library} ${version} is not ${[...new Set(known)].join(' or ')}`);
  }
  return unknown.length > 0 ? unknown.join(', ') : undefined;
}

function unknownNames(
  members: readonly InstrumentationMember[],
  { enabled = [], disabled = [] }: LoadOptions,
): InstrumentationPlan['skipped'] {
  const names = [...new Set([...enabled, ...disabled])];
  return names
    .filter((name) => !members.some((member) => member.name === name))
    .map((name) => ({ name, reason: 'no instrumentation of this name is carried' }));
}

function decide(
  member: InstrumentationMember,
  config: Config,
  options: LoadOptions,
): { libraries: string[]; reason: string | undefined } {
  const libraries = member.libraries.filter((library) => options.resolvesFromApp(library));
  return { libraries, reason: whyNot(member, libraries, config, options) };
}

type Config = Record<string, unknown>;

function configOf(member: InstrumentationMember, options: LoadOptions): Config {
  const given = options.configs?.[member.name] ?? options.configs?.[member.module] ?? {};
  return { ...member.config, ...guardHooks(member.name, { ...given }) };
}

function withHooks({ hooks }: InstrumentationMember, config: Config): Config {
  if (hooks === undefined) return config;
  const ours = (load(hooks.module) as Record<string, Record<string, Hook>>)[hooks.exportName] ?? {};
  const merged = { ...config };
  for (const [name, hook] of Object.entries(ours)) merged[name] = both(hook, config[name]);
  return merged;
}

type Hook = (this: unknown, ...args: unknown[]) => unknown;

/** Ours first, on the side; what the user's returns is what the instrumentation gets. */
function both(ours: Hook, theirs: unknown): Hook {
  return function hook(this: unknown, ...args) {
    aside(() => ours(...args));
    return typeof theirs === 'function' ? (theirs as Hook).apply(this, args) : undefined;
  };
}

function whyNot(
  member: InstrumentationMember,
  libraries: readonly string[],
  config: Config,
  options: LoadOptions,
): string | undefined {
  if (config.enabled === false) return 'disabled by its config';
  if (config.enabled !== true) {
    if (options.disabled?.includes(member.name)) return 'disabled by OTEL_NODE_DISABLED_INSTRUMENTATIONS';
    if (
      options.enabled !== undefined &&
      options.enabled.length > 0 &&
      !options.enabled.includes(member.name)
    ) {
      return 'not in OTEL_NODE_ENABLED_INSTRUMENTATIONS';
    }
  }
  if (member.libraries.length > 0 && libraries.length === 0) {
    return `not installed: ${member.libraries.join(', ')}`;
  }
  return member.unavailable?.(options.resolvesFromApp);
}

function construct(member: InstrumentationMember, given: Config, resolver: AppResolver): Instrumentation {
  const config = withHooks(member, given);
  const exports = (
    member.fromApp ? loadFromApp(member.module, resolver) : load(member.extendedBy ?? member.module)
  ) as Record<string, new (config: Config) => Instrumentation>;
  const Class = exports[member.exportName];
  if (typeof Class !== 'function') throw new Error(`${member.module} has no ${member.exportName}`);
  // `registerInstrumentations` enables what is not.
  const instrumentation = new Class(member.startsLate ? { ...config, enabled: false } : config);
  guardPatches(instrumentation);
  return instrumentation;
}

/** Files of this room have the extension this one has: `.ts` in the sources, `.js` in `dist/`. */
function load(module: string): unknown {
  if (!module.startsWith('./')) return loadSync(module);
  return loadSync(new URL(module + extname(import.meta.url), import.meta.url).href);
}

function loadFromApp(module: string, resolver: AppResolver): unknown {
  if (resolver.load === undefined) throw new Error('the resolver cannot load from the app');
  return resolver.load(module);
}

function* patchedModules(instrumentation: Instrumentation): Generator<string> {
  for (const definition of moduleDefinitions(instrumentation)) {
    if (isBuiltin(definition.name)) continue;
    if (isAbsolute(definition.name)) {
      yield pathToFileURL(definition.name).href;
      continue;
    }
    yield definition.name;
    for (const file of definition.files ?? []) {
      yield file.name;
      // `import 'mysql2/promise'` names a file by its entry in `exports`, without the extension.
      yield file.name.replace(/\.[cm]?js$/, '');
    }
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? '';
}
