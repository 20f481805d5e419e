import { isBuiltin } from 'node:module';
import { expect, test } from 'vitest';
import { instrumentations } from '../../instrumentations/index.ts';
import { runApp } from './run-app.ts';

interface Printed {
  instrumentations: string[];
  hooked: { name: string; libraries: string[] }[];
  hookedModules: string[];
  skipped: { name: string; reason: string }[];
  files: string[];
}

async function load(
  have: 'all' | 'none',
  options: object = {},
  env: Record<string, string> = {},
): Promise<Printed> {
  const run = await runApp('registry.ts', { args: [have, JSON.stringify(options)], bare: true, env });
  expect(run).toMatchObject({ code: 0, errors: '' });
  return JSON.parse(run.output) as Printed;
}

const NODES_OWN = ['http', 'undici', 'runtime-node', 'process-metrics'];
/** Prisma's package is the app's, aws-lambda needs the environment of a function, console is asked for. */
const ELSEWHERE = ['prisma', 'aws-lambda', 'console'];

test('registry: names are unique, and every member says where its class is', () => {
  const names = instrumentations.map((member) => member.name);
  expect(new Set(names).size).toBe(names.length);
  for (const member of instrumentations) {
    expect(member.exportName, member.name).toMatch(/^[A-Z]\w+$/);
    expect(member.module, member.name).toMatch(/^(\.\/|@opentelemetry\/instrumentation-|@prisma\/)/);
  }
});

test('registry: every member loads and constructs when its library resolves', async () => {
  const loaded = await load('all');
  const expected = instrumentations.map((member) => member.name).filter((name) => !ELSEWHERE.includes(name));
  expect(loaded.hooked.map((hooked) => hooked.name)).toEqual(expected);
  expect(loaded.instrumentations).toHaveLength(expected.length);
  expect(loaded.skipped.map((skipped) => skipped.name).sort()).toEqual([...ELSEWHERE].sort());
});

test('registry: the ESM include list names packages and files, never a builtin, each once', async () => {
  const { hookedModules } = await load('all');
  expect(hookedModules).toEqual(
    expect.arrayContaining(['express', 'pg', 'pg-pool', 'openai', 'mysql2/promise']),
  );
  expect(hookedModules.filter(isBuiltin)).toEqual([]);
  expect(new Set(hookedModules).size).toBe(hookedModules.length);
});

test('registry: nothing is loaded for an app that has no library, but what belongs to Node', async () => {
  const loaded = await load('none');
  expect(loaded.hooked).toEqual(NODES_OWN.map((name) => ({ name, libraries: [] })));
  expect(loaded.hookedModules).toEqual([]);
  const packages = new Set(
    loaded.files.map((file) => /@opentelemetry\/(instrumentation-[^/]+)/.exec(file)?.[1]),
  );
  packages.delete(undefined);
  const upstream = NODES_OWN.filter((name) => name !== 'process-metrics');
  expect([...packages].sort()).toEqual(upstream.map((name) => `instrumentation-${name}`).sort());
});

test('registry: one copy of @opentelemetry/instrumentation, the ESM one', async () => {
  const { files } = await load('all');
  const commonJs = files.filter((file) => file.endsWith('.cjs'));
  expect(commonJs).toEqual([]);
  expect(files.some((file) => file.includes('instrumentation-mysql2'))).toBe(true);
});

test('registry: enabled keeps only the named, disabled wins, a config wins over both', async () => {
  const named = await load('all', { enabled: ['http', 'pg', 'express'], disabled: ['express', 'fs'] });
  expect(named.hooked.map((hooked) => hooked.name)).toEqual(['http', 'pg']);
  expect(named.skipped).toContainEqual({ name: 'fs', reason: 'no instrumentation of this name is carried' });

  const configs = { koa: { enabled: true }, '@opentelemetry/instrumentation-http': { enabled: false } };
  const forced = await load('all', { enabled: ['http', 'pg'], configs });
  expect(forced.hooked.map((hooked) => hooked.name)).toEqual(['koa', 'pg']);

  const all = await load('all', { enabled: [] });
  expect(all.hooked.length).toBeGreaterThan(25);
});

test('registry: in Lambda the handler is hooked, by its file', async () => {
  const env = {
    AWS_LAMBDA_FUNCTION_NAME: 'f',
    _HANDLER: 'express-cjs.handler',
    LAMBDA_TASK_ROOT: '/var/task',
  };
  const loaded = await load('none', { enabled: ['aws-lambda'] }, env);
  expect(loaded.hooked.map((hooked) => hooked.name)).toEqual(['aws-lambda']);
  expect(loaded.hookedModules).toEqual(['file:///var/task/express-cjs']);
});
