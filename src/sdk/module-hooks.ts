import { createRequire, register, syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Hooks {
  supportsSyncHooks(): boolean;
  register(options: { include: readonly (string | RegExp)[] }): void;
}

const require = createRequire(import.meta.url);

/**
 * Lets instrumentations patch what the app loads with `import`; `require` needs nothing more.
 *
 * Only the listed modules are wrapped. Called after our own packages are loaded: the other order costs 0.4 s
 * more at start (FACTS §3). Builtins are patched through `require` and their ESM exports synchronised, so that
 * `import { get } from 'node:http'` is traced too.
 * @throws what loading the hooks throws.
 */
export function installModuleHooks(modules: readonly string[]): void {
  require('node:http');
  require('node:https');
  syncBuiltinESMExports();
  if (modules.length === 0) return;
  const directory = importInTheMiddle();
  const hooks = require(join(directory, 'register-hooks.mjs')) as Hooks;
  const include = modules.map(matcher);
  if (hooks.supportsSyncHooks()) hooks.register({ include });
  else register(pathToFileURL(join(directory, 'hook.mjs')).href, { data: { include } });
}

/** A file inside a package, which the package imports itself by a relative path, is known by the end of its URL. */
function matcher(name: string): string | RegExp {
  if (!name.startsWith('node_modules/')) return name;
  return new RegExp(`/${name.replaceAll(/[.+]/g, '\\$&')}$`);
}

/** The copy that `@opentelemetry/instrumentation` itself uses: its hooks must be the ones we register. */
function importInTheMiddle(): string {
  const instrumentation = require.resolve('@opentelemetry/instrumentation');
  return dirname(createRequire(instrumentation).resolve('import-in-the-middle'));
}
