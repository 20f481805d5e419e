import type { InstrumentationMember } from './instrumentation.ts';

/**
 * Prisma's own instrumentation, loaded from the app: it depends on an older `@opentelemetry/instrumentation`,
 * which must not come into our tree, and it must match the app's version of Prisma.
 */
export const prisma: InstrumentationMember = {
  name: 'prisma',
  libraries: ['@prisma/client', '@prisma/instrumentation'],
  module: '@prisma/instrumentation',
  exportName: 'PrismaInstrumentation',
  fromApp: true,
  unavailable: (resolves) =>
    resolves('@prisma/instrumentation')
      ? undefined
      : 'Prisma is there, its instrumentation is not: npm install @prisma/instrumentation',
};
