/**
 * Part of `npm run build`: the write side with what it takes from OpenTelemetry in a few files, `dist/door/`.
 *
 * Node takes about half a millisecond to find, read and link a file, and the write side is 400 of them. What is
 * loaded only when an app has a library stays a file of its own; what all of them share is shared here too, so
 * nothing is there twice. The packages that hook `require` and `import` stay outside: there must be one of each.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
const DOOR = join(DIST, 'door');
const OUTSIDE = [
  '@opentelemetry/api',
  '@opentelemetry/instrumentation',
  'import-in-the-middle',
  'require-in-the-middle',
];
/** What `loadSync` is asked for by name, beside the instrumentations. */
const ON_DEMAND = [
  '@opentelemetry/configuration',
  '@opentelemetry/otlp-transformer',
  '@opentelemetry/propagator-b3',
  '@opentelemetry/sdk-metrics',
  './src/sdk/traced-call',
  './instrumentations/genai-http/follow',
];

const manifest = readFileSync(join(ROOT, 'package.json'), 'utf8');
const { dependencies } = JSON.parse(manifest) as { dependencies: Readonly<Record<string, string>> };

const { instrumentations } = (await import(
  join(DIST, 'instrumentations/index.js')
)) as typeof import('../instrumentations/index.ts');

/** What `loadSync` is asked for → the file to bundle: packages by name, our own by their place in `dist/`. */
const entries = new Map<string, string>(ON_DEMAND.map(entryOf));
for (const { module, extendedBy, hooks, fromApp } of instrumentations) {
  if (fromApp) continue;
  for (const each of [module, extendedBy, hooks?.module]) {
    if (each !== undefined) entries.set(...entryOf(each.replace(/^\.\//, './instrumentations/')));
  }
}
const names = Object.fromEntries([...entries.keys()].map((key) => [key, nameOf(key)]));

rmSync(DOOR, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { index: join(DIST, 'src/index.js'), ...byName() },
  outdir: DOOR,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.15',
  external: OUTSIDE,
  define: { BUNDLED: JSON.stringify(names) },
  // For what is CommonJS inside.
  banner: {
    js: "import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);",
  },
  plugins: [ownPlaces(), globalProcess()],
  metafile: true,
  logLevel: 'warning',
  absWorkingDir: ROOT,
});
writeFileSync(join(DOOR, 'contents.json'), `${JSON.stringify(contents(), undefined, 1)}\n`);
writeFileSync(join(DOOR, 'LICENSES.txt'), licenses());

function entryOf(specifier: string): [key: string, file: string] {
  if (!specifier.startsWith('./')) return [specifier, fileURLToPath(import.meta.resolve(specifier))];
  const own = `${specifier.slice(2)}.js`;
  return [own, join(DIST, own)];
}

function byName(): Record<string, string> {
  return Object.fromEntries([...entries].map(([key, file]) => [nameOf(key).slice(0, -3), file]));
}

/** `@opentelemetry/instrumentation-pg` → `opentelemetry.instrumentation-pg.js`. */
function nameOf(key: string): string {
  return `${key.replace(/^@/, '').replace(/\.js$/, '').replaceAll('/', '.')}.js`;
}

/**
 * A file goes on knowing where it lay, for what it reads or requires from there: ours by its place in `dist/`, one of
 * a package by wherever that package is installed.
 */
function ownPlaces(): Plugin {
  return {
    name: 'own-places',
    setup({ onLoad }) {
      onLoad({ filter: /\.m?js$/ }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        if (!source.includes('import.meta.url')) return undefined;
        return { contents: source.replaceAll('import.meta.url', placeOf(path)) };
      });
    },
  };
}

/**
 * Who imports `process` reads all that it exports, also the standard streams. Once these are made, a pipe does not block
 * any more: what the app writes to it by `fs` is cut off, and who shares it with the process reads nothing.
 */
function globalProcess(): Plugin {
  return {
    name: 'global-process',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^(?:node:)?process$/ }, () => ({ path: 'process', namespace: 'global' }));
      onLoad({ filter: /.*/, namespace: 'global' }, () => ({
        contents: 'module.exports = globalThis.process;',
      }));
    },
  };
}

function placeOf(path: string): string {
  if (path.startsWith(DIST)) return `new URL(${JSON.stringify(relative(DOOR, path))}, import.meta.url).href`;
  const [, name = ''] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(path) ?? [];
  if (!(name in dependencies))
    throw new Error(`${path} asks where it lies, and ${name} is no dependency of ours`);
  return `require.resolve(${JSON.stringify(name)})`;
}

/** The files of each file, for the tests that say what is loaded when. */
function contents(): Record<string, string[]> {
  const files = Object.entries(metafile.outputs).map(([file, { inputs }]) => [
    relative(DOOR, join(ROOT, file)),
    Object.keys(inputs),
  ]);
  return Object.fromEntries(files);
}

/** What the licenses of the packages inside ask for: each text once, below the packages that have it. */
function licenses(): string {
  const byText = new Map<string, Set<string>>();
  for (const input of Object.keys(metafile.inputs)) {
    const [, directory] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(join(ROOT, input)) ?? [];
    if (directory === undefined) continue;
    const manifest = readFileSync(join(directory, 'package.json'), 'utf8');
    const { name, version } = JSON.parse(manifest) as { name: string; version: string };
    const file = readdirSync(directory).find((each) => /^licen[sc]e/i.test(each));
    if (file === undefined) throw new Error(`${name} has no license file`);
    const text = readFileSync(join(directory, file), 'utf8').trim();
    byText.set(text, (byText.get(text) ?? new Set()).add(`${name} ${version}`));
  }
  return [...byText].map(([text, names]) => `${[...names].sort().join('\n')}\n\n${text}\n`).join('\n\n');
}
