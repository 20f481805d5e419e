import type { Instrumentation } from '@opentelemetry/instrumentation';

/** What an instrumentation patches of one module, or of one file of it. */
export interface ModuleDefinition {
  readonly name: string;
  readonly supportedVersions?: readonly string[];
  patch?: (exports: unknown, version?: string) => unknown;
  readonly files?: readonly ModuleDefinition[];
}

/**
 * What the hooks of an instrumentation hold; of one around others (Redis) also what those hold.
 * `getModuleDefinitions()` is no way to it: it makes new ones, by running `init()` again.
 */
export function* moduleDefinitions(instrumentation: Instrumentation): Generator<ModuleDefinition> {
  for (const each of [instrumentation, ...Object.values(instrumentation)]) {
    const definitions = (each as { _modules?: unknown } | undefined | null)?._modules;
    if (Array.isArray(definitions)) yield* definitions as ModuleDefinition[];
  }
}
