// Prisma on a real Postgres: the buyer of each purchase by a query of its own, then in one batch, then included.
import { PrismaPg } from '@prisma/adapter-pg';
import { request } from './request.mjs';

const { PrismaClient } = await import(process.env.PRISMA_CLIENT);
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }) });
await prisma.$executeRawUnsafe('CREATE TABLE "Buyer" (id int PRIMARY KEY, name text NOT NULL)');
await prisma.$executeRawUnsafe('CREATE TABLE "Purchase" (id int PRIMARY KEY, "buyerId" int NOT NULL)');
const ids = Array.from({ length: 8 }, (_, i) => i);
await prisma.buyer.createMany({ data: ids.map((id) => ({ id, name: `buyer ${id}` })) });
await prisma.purchase.createMany({ data: ids.map((id) => ({ id, buyerId: id })) });

await request('each', async () => {
  for (const { buyerId } of await prisma.purchase.findMany())
    await prisma.buyer.findUnique({ where: { id: buyerId } });
});
await request('batched', async () => {
  const purchases = await prisma.purchase.findMany();
  await Promise.all(purchases.map(({ buyerId }) => prisma.buyer.findUnique({ where: { id: buyerId } })));
});
await request('included', () => prisma.purchase.findMany({ include: { buyer: true } }));
await request('transaction', () =>
  prisma.$transaction(async (tx) => {
    for (const id of ids) await tx.purchase.update({ where: { id }, data: { buyerId: 7 - id } });
  }),
);
await prisma.$disconnect();
