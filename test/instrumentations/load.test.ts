import { expect, test } from 'vitest';
import type { AppResolver, InstrumentationMember } from '../../instrumentations/instrumentation.ts';
import { loadMembers } from '../../instrumentations/load.ts';
import { prisma } from '../../instrumentations/prisma.ts';

function resolver(libraries: readonly string[], load?: (library: string) => unknown): AppResolver {
  const resolves = (library: string): boolean => libraries.includes(library);
  return load === undefined ? resolves : Object.assign(resolves, { load });
}

function fromApp(name: string): InstrumentationMember {
  return { name, libraries: [name], module: name, exportName: 'It', fromApp: true };
}

test('load: a member that throws is skipped with its reason, and the others are loaded', () => {
  class Fine {
    readonly instrumentationName = 'fine';
  }
  class Broken {
    constructor() {
      throw new Error('wrong version\nand a second line');
    }
  }
  const app: Record<string, unknown> = { fine: { It: Fine }, broken: { It: Broken }, empty: {} };
  const loaded = loadMembers(['broken', 'empty', 'fine'].map(fromApp), {
    resolvesFromApp: resolver(Object.keys(app), (library) => app[library]),
  });
  expect(loaded.instrumentations).toHaveLength(1);
  expect(loaded.skipped).toEqual([
    { name: 'broken', reason: 'failed to load: wrong version' },
    { name: 'empty', reason: 'failed to load: empty has no It' },
  ]);
});

test('load: our defaults reach the constructor, and the config of the user wins key by key', () => {
  const seen: unknown[] = [];
  class It {
    constructor(config: unknown) {
      seen.push(config);
    }
  }
  const member = { ...fromApp('lib'), config: { a: 1, b: 2 } };
  loadMembers([member], {
    resolvesFromApp: resolver(['lib'], () => ({ It })),
    configs: { lib: { b: 3 } },
  });
  expect(seen).toEqual([{ a: 1, b: 3 }]);
});

test('load: Prisma without its instrumentation names the package to install', () => {
  const loaded = loadMembers([prisma], { resolvesFromApp: resolver(['@prisma/client']) });
  expect(loaded.skipped[0]?.reason).toContain('npm install @prisma/instrumentation');
});

test('load: Prisma is loaded from the app, and our hooks leave its modules alone', () => {
  class PrismaInstrumentation {
    readonly instrumentationName = '@prisma/instrumentation';
    readonly _modules = [{ name: '@prisma/client' }];
  }
  const loaded = loadMembers([prisma], {
    resolvesFromApp: resolver(['@prisma/client', '@prisma/instrumentation'], () => ({
      PrismaInstrumentation,
    })),
  });
  expect(loaded.hooked).toEqual([
    { name: 'prisma', libraries: ['@prisma/client', '@prisma/instrumentation'] },
  ]);
  expect(loaded.hookedModules).toEqual([]);
});
