import type { Instrumentation } from '@opentelemetry/instrumentation';
import { caught } from '../src/core/diag.ts';
import { type ModuleDefinition, moduleDefinitions } from './module-definitions.ts';

type Callable = (this: unknown, ...args: unknown[]) => unknown;

/**
 * The user's config with every function in it guarded: one that throws or rejects is said once and gives undefined,
 * as if it were not there. Upstream guards most hooks against a throw, and none against a promise that rejects.
 */
export function guardHooks(place: string, config: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      typeof value === 'function' ? guarded(`${key} of ${place}`, value as Callable) : value,
    ]),
  );
}

function guarded(place: string, hook: Callable): Callable {
  return function guardedHook(this: unknown, ...args) {
    try {
      const result = hook.apply(this, args);
      if (result instanceof Promise) result.catch((error: unknown) => caught(place, error));
      return result;
    } catch (error) {
      caught(place, error);
      return undefined;
    }
  };
}

/**
 * Makes an instrumentation that cannot patch a library leave it as it is: upstream throws out of the app's own
 * `require` or `import` when a library is not of the shape it expects.
 */
export function guardPatches(instrumentation: Instrumentation): void {
  for (const definition of moduleDefinitions(instrumentation)) {
    guardPatch(definition);
    for (const file of definition.files ?? []) guardPatch(file);
  }
}

function guardPatch(patched: ModuleDefinition): void {
  const { name, patch } = patched;
  if (patch === undefined) return;
  patched.patch = (exports, version) => {
    try {
      return patch.call(patched, exports, version);
    } catch (error) {
      caught(`instrumentation of ${name}`, error);
      return exports;
    }
  };
}
