import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { instrumentations } from '../../instrumentations/index.ts';
import { loadMembers } from '../../instrumentations/load.ts';
import { ROOT, readLocal, runApp, temporaryDirectory } from './run-app.ts';

/** Modules that some instrumentation patches, each with a version it says it supports. */
const modules = new Map<string, string>();

beforeAll(() => {
  const { instrumentations: loaded } = loadMembers(instrumentations, { resolvesFromApp: () => true });
  for (const each of loaded) {
    const described = each as {
      getModuleDefinitions?: () => { name: string; supportedVersions: string[] }[];
    };
    for (const { name, supportedVersions } of described.getModuleDefinitions?.() ?? []) {
      if (/^(?:node:|https?$|[./])/.test(name)) continue;
      modules.set(name, lowest(supportedVersions[0] ?? '*'));
    }
  }
});

/** `>=8.0.3 <9` → `8.0.3`, `1.x` → `1.0.0`. */
function lowest(range: string): string {
  const [major = '1', minor = '0', patch = '0'] = /\d+(?:\.\d+)*/.exec(range)?.[0].split('.') ?? [];
  return `${major}.${minor}.${patch}`;
}

/** Packages of these names that have nothing of what the real ones have. */
function installOddLibraries(directory: string): void {
  for (const [name, version] of modules) {
    const path = join(directory, 'node_modules', name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version, main: 'index.js' }));
    writeFileSync(join(path, 'index.js'), 'module.exports = Object.freeze({ odd: true });\n');
  }
  for (const name of ['@agentlog/otel', '@opentelemetry/api']) {
    const path = join(directory, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(name === '@agentlog/otel' ? ROOT : join(ROOT, 'node_modules', name), path);
  }
}

test.each(['app.cjs', 'app.mjs'])(
  'odd libraries: %s loads what no instrumentation can patch',
  async (app) => {
    using directory = temporaryDirectory();
    installOddLibraries(directory.path);
    const load = app === 'app.cjs' ? 'require(name)' : '(await import(name)).default';
    writeFileSync(
      join(directory.path, app),
      `(async () => {
      for (const name of ${JSON.stringify([...modules.keys()])}) {
        try { console.log(name, ${load}.odd); } catch (error) { console.log(name, error.stack); }
      }
      const { createServer, get } = await import('node:http');
      const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1', () =>
        get({ port: server.address().port }, (response) => response.resume().on('end', () => server.close())));
    })();\n`,
    );
    const env = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };
    const run = await runApp(join(directory.path, app), {
      cwd: directory.path,
      env: { ...env, AGENTLOG_DIR: join(directory.path, '.agentlog') },
    });
    expect(modules.size).toBeGreaterThan(25);
    expect(run.stdout.trim().split('\n')).toEqual([...modules.keys()].map((name) => `${name} true`));
    expect(run.code).toBe(0);
    expect(
      readLocal(join(directory.path, '.agentlog'))
        .spans.map((span) => span.kind)
        .sort(),
    ).toEqual([2, 3]);
  },
);
