import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../e2e/run-app.ts';
import { runApp } from './run-app.ts';

/** What is patched of Nest 12, which is ESM and imports its own files by relative paths. */
const NEST: Record<string, string> = {
  'package.json': JSON.stringify({
    name: '@nestjs/core',
    version: '12.5.1',
    type: 'module',
    main: './index.js',
  }),
  'index.js': `export * from './nest-factory.js';`,
  'nest-factory.js': `
    import { RouterExecutionContext } from './router/router-execution-context.js';
    Reflect.getMetadataKeys = () => [];
    export class NestFactoryStatic {
      async create(module) {
        const router = new RouterExecutionContext();
        return (name) => router.create(new module(), module.prototype[name]);
      }
    }
    export const NestFactory = new NestFactoryStatic();`,
  'router/router-execution-context.js': `
    export class RouterExecutionContext {
      create(instance, callback) {
        return async (request) => callback.call(instance, request);
      }
    }`,
};

const APP = `
  import { NestFactory } from '@nestjs/core';
  class Carts {
    total(request) { return request.lines.length; }
  }
  const handler = (await NestFactory.create(Carts))('total');
  console.log(await handler({ method: 'GET', url: '/', lines: [1] }));
  console.log(await handler({ method: 'GET', url: '/' }).catch((error) => error.message));
`;

test('nestjs: routes of Nest 12 have spans, and one that throws tells its exception', async () => {
  using directory = temporaryDirectory();
  const modules = join(directory.path, 'node_modules');
  for (const [name, text] of Object.entries(NEST)) {
    const path = join(modules, '@nestjs/core', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const root = join(import.meta.dirname, '../../node_modules/@opentelemetry');
  symlinkSync(root, join(modules, '@opentelemetry'));
  writeFileSync(join(directory.path, 'app.mjs'), APP);
  const bare = await runApp('app.mjs', { directory: directory.path, bare: true });
  const { spans, output, errors } = await runApp('app.mjs', { directory: directory.path });
  expect({ output, errors }).toEqual({ output: bare.output, errors: '' });
  expect(spans.map(({ name, status }) => [name, status.code]).sort()).toEqual([
    ['Carts.total', 0],
    ['Carts.total', 2],
    ['Create Nest App', 0],
    ['total', 0],
    ['total', 2],
  ]);
  expect(spans.find(({ name, status }) => name === 'total' && status.code === 2)?.events).toMatchObject([
    { name: 'exception', attributes: { 'exception.type': 'TypeError' } },
  ]);
});
