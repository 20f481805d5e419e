// mysql2 on a real MariaDB: the buyer of each purchase by a query of its own, then all with a join.
import mysql from 'mysql2/promise';
import { request } from './request.mjs';

const pool = mysql.createPool({ uri: process.env.DATABASE_URL, connectionLimit: 10 });
await pool.query('CREATE TABLE buyers (id INT PRIMARY KEY, name VARCHAR(40))');
await pool.query('CREATE TABLE purchases (id INT PRIMARY KEY, buyer_id INT)');
const rows = Array.from({ length: 8 }, (_, i) => [i, `buyer ${i}`]);
await pool.query('INSERT INTO buyers VALUES ?', [rows]);
await pool.query('INSERT INTO purchases SELECT id, id FROM buyers');

await request('each', async () => {
  const [purchases] = await pool.query('SELECT * FROM purchases');
  for (const { buyer_id } of purchases) await pool.query('SELECT * FROM buyers WHERE id = ?', [buyer_id]);
});
await request('prepared', async () => {
  for (const [id] of rows) await pool.execute('SELECT name FROM buyers WHERE id = ?', [id]);
});
await request('at once', () =>
  Promise.all(rows.map(([id]) => pool.query(`SELECT SLEEP(0.3), name FROM buyers WHERE id = ${id}`))),
);
await request('joined', () => pool.query('SELECT * FROM purchases p JOIN buyers b ON b.id = p.buyer_id'));
await request('inserted', async () => {
  await pool.query('INSERT INTO buyers (id, name) VALUES ?', [rows.map(([id]) => [id + 100, 'many'])]);
});
await request('quoted', async () => {
  const connection = await pool.getConnection();
  await connection.query("SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')");
  await connection.query('SELECT "name" FROM "buyers" WHERE "name" <> \'a-secret-name\'');
  connection.release();
});
await pool.end();
