// GraphQL on a real Postgres: shops → shelves → books → author, each level a list; the author by a query of its own,
// or by one query for all that are asked for in the same turn, as DataLoader does.
import {
  GraphQLSchema,
  graphql,
  GraphQLInt as Int,
  GraphQLList as List,
  GraphQLObjectType as ObjectType,
  GraphQLString as Text,
} from 'graphql';
import pg from 'pg';
import { request } from './request.mjs';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
await pool.query('CREATE TABLE authors (id int PRIMARY KEY, name text)');
await pool.query("INSERT INTO authors SELECT i, 'author ' || i FROM generate_series(0, 7) i");

const one = async (id) => (await pool.query('SELECT name FROM authors WHERE id = $1', [id])).rows[0];

let batch;
function batched(id) {
  batch ??= { ids: [], rows: new Promise((done) => setImmediate(() => done(load()))) };
  batch.ids.push(id);
  return batch.rows.then((rows) => rows.find((row) => row.id === id));
}
async function load() {
  const { ids } = batch;
  batch = undefined;
  return (await pool.query('SELECT id, name FROM authors WHERE id = ANY ($1)', [ids])).rows;
}

const Author = new ObjectType({ name: 'Author', fields: { name: { type: Text } } });
const authorOf = (find) => ({ type: Author, resolve: async (book) => find(book.id) });
const Book = new ObjectType({
  name: 'Book',
  fields: { id: { type: Int }, author: authorOf(one), batched: authorOf(batched) },
});
const listOf = (type, count) => ({
  type: new List(type),
  resolve: async (parent) => Array.from({ length: count }, (_, i) => ({ id: (parent?.id ?? 0) * count + i })),
});
const Shelf = new ObjectType({ name: 'Shelf', fields: { books: listOf(Book, 2) } });
const Shop = new ObjectType({ name: 'Shop', fields: { shelves: listOf(Shelf, 2) } });
const schema = new GraphQLSchema({
  query: new ObjectType({ name: 'Query', fields: { shops: listOf(Shop, 2) } }),
});

async function ask(source) {
  const { data, errors } = await graphql({ schema, source });
  if (errors !== undefined) throw errors[0];
  console.log(JSON.stringify(data));
}

await request('each', () => ask('{ shops { shelves { books { author { name } } } } }'));
await request('batched', () => ask('{ shops { shelves { books { batched { name } } } } }'));
await pool.end();
