import { GraphQLInstrumentation } from '@opentelemetry/instrumentation-graphql';
import type { GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Recorder, repeatsOf } from './recorder.ts';
import { TracedPostgres } from './traced-postgres.ts';

let traced: TracedPostgres;
let recorder: Recorder;

interface Customer {
  id: number;
  name: string;
}
interface Order {
  id: number;
  customer: Promise<Customer> | Customer;
}

beforeAll(async () => {
  traced = await TracedPostgres.start([new GraphQLInstrumentation()]);
  recorder = traced.recorder;
}, 60_000);

afterAll(async () => {
  await traced?.stop();
});

beforeEach(() => {
  recorder.ended.length = 0;
});

/** Names of the spans that say they are the common parent of a repeat. */
function parents(): string[] {
  return recorder.ended.filter((span) => repeatsOf(span).length > 0).map((span) => span.name);
}

async function withTypeOrm(
  work: (orders: import('typeorm').Repository<Order>) => Promise<void>,
): Promise<void> {
  const { DataSource, EntitySchema } = traced.load<typeof import('typeorm')>('typeorm');
  const customer = new EntitySchema<Customer>({
    name: 'Customer',
    tableName: 'buyers',
    columns: { id: { type: 'int', primary: true }, name: { type: 'text' } },
  });
  const order = new EntitySchema<Order>({
    name: 'Order',
    tableName: 'purchases',
    columns: { id: { type: 'int', primary: true } },
    relations: {
      customer: { type: 'many-to-one', target: 'Customer', lazy: true, joinColumn: { name: 'customer_id' } },
    },
  });
  const source = new DataSource({
    type: 'postgres',
    url: traced.url,
    driver: traced.pg,
    entities: [customer, order],
  });
  await source.initialize();
  try {
    await work(source.getRepository(order));
  } finally {
    await source.destroy();
  }
}

test('typeorm: a lazy relation read in a loop is an N+1 of the request, loaded with the orders it is none', async () => {
  await withTypeOrm(async (orders) => {
    const loop = await recorder.run('GET /lazy', async () => {
      for (const order of await orders.find()) expect((await order.customer).name).toMatch(/^customer /);
    });
    expect(repeatsOf(loop)).toEqual([['sequential', 10]]);
    expect(loop.attributes['agentlog.db.query_count']).toBe(11);
    expect(loop.attributes['agentlog.n_plus_one.summary']).toEqual(['SELECT "buyers" "purchases"']);
    expect(parents()).toEqual(['GET /lazy']);

    const joined = await recorder.run('GET /joined', async () => {
      const all = await orders.find({ relations: { customer: true } });
      for (const order of all) expect((await order.customer).name).toMatch(/^customer /);
    });
    expect(repeatsOf(joined)).toEqual([]);
    expect(joined.attributes['agentlog.db.query_count']).toBe(1);
  });
});

test('typeorm: one save of many rows is one statement, a save for each is chatty', async () => {
  await withTypeOrm(async (orders) => {
    const one = await recorder.run('POST /one', () =>
      orders.insert(Array.from({ length: 8 }, (_, i) => ({ id: 100 + i }))),
    );
    expect(repeatsOf(one)).toEqual([]);
    const each = await recorder.run('POST /each', async () => {
      for (let i = 0; i < 8; i++) await orders.insert({ id: 200 + i });
    });
    expect(repeatsOf(each)).toEqual([['chatty_writes', 8]]);
    await orders.createQueryBuilder().delete().where('id >= 100').execute();
  });
});

test('sequelize: a getter in a loop is an N+1 of the request, an include is none', async () => {
  const { Sequelize, DataTypes } = traced.load<typeof import('sequelize')>('sequelize');
  const db = new Sequelize(traced.url, { dialectModule: traced.pg, logging: false });
  try {
    const options = { timestamps: false, underscored: true };
    const customers = db.define('buyers', { name: DataTypes.TEXT }, options);
    const orders = db.define('purchases', {}, options);
    orders.belongsTo(customers, { as: 'customer', foreignKey: 'customer_id' });
    const loop = await recorder.run('GET /lazy', async () => {
      for (const order of await orders.findAll()) {
        const { getCustomer } = order as unknown as { getCustomer(): Promise<{ get(key: string): unknown }> };
        expect((await getCustomer.call(order)).get('name')).toMatch(/^customer /);
      }
    });
    expect(repeatsOf(loop)).toEqual([['sequential', 10]]);
    expect(loop.attributes['agentlog.n_plus_one.summary']).toEqual(['SELECT "buyers"']);
    expect(parents()).toEqual(['GET /lazy']);

    const included = await recorder.run('GET /included', () => orders.findAll({ include: 'customer' }));
    expect(repeatsOf(included)).toEqual([]);
  } finally {
    await db.close();
  }
});

test('graphql: a query in the resolver of a list is an N+1 of the operation, one behind a batch is none', async () => {
  const graphql = traced.load<typeof import('graphql')>('graphql');
  const { GraphQLInt, GraphQLList, GraphQLObjectType: ObjectType, GraphQLSchema, GraphQLString } = graphql;
  const { pool } = traced;
  const byId = async (id: number): Promise<unknown> =>
    (await pool.query('SELECT name FROM buyers WHERE id = $1', [id])).rows[0];
  let batch: Promise<Customer[]> | undefined;
  const byBatch = async (id: number): Promise<unknown> => {
    batch ??= pool.query('SELECT id, name FROM buyers').then(({ rows }) => rows);
    return (await batch).find((each) => each.id === id);
  };
  const customer = new ObjectType({ name: 'Customer', fields: { name: { type: GraphQLString } } });
  const customerOf = (load: (id: number) => Promise<unknown>) => ({
    type: customer,
    resolve: (order: { customer_id: number }) => load(order.customer_id),
  });
  const order: GraphQLObjectType = new ObjectType({
    name: 'Order',
    fields: { id: { type: GraphQLInt }, customer: customerOf(byId), batched: customerOf(byBatch) },
  });
  const orders = {
    type: new GraphQLList(order),
    resolve: async () => (await pool.query('SELECT id, customer_id FROM purchases')).rows,
  };
  const schema = new GraphQLSchema({ query: new ObjectType({ name: 'Query', fields: { orders } }) });
  const ask = async (source: string): Promise<void> => {
    const { data, errors } = await graphql.graphql({ schema, source });
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toMatch(/customer 10/);
  };

  const each = await recorder.run('POST /graphql', () => ask('{ orders { customer { name } } }'));
  expect(repeatsOf(each).map((repeat) => (repeat as [string, number])[1])).toEqual([10]);
  expect(each.attributes['agentlog.n_plus_one.summary']).toEqual(['SELECT buyers']);
  // The resolver of the list has ended by then; the span of the operation is the nearest that still runs.
  expect(parents()).toEqual(['query', 'POST /graphql']);

  recorder.ended.length = 0;
  const batched = await recorder.run('POST /graphql', () => ask('{ orders { batched { name } } }'));
  expect(repeatsOf(batched)).toEqual([]);
  expect(parents()).toEqual([]);
});
