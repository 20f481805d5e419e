import { get } from 'node:http';
import express from 'express';
import pg from 'pg';

const app = express();
app.get('/orders/:id', async (request, response) => {
  // Nobody listens there: what counts is that the query is seen.
  const pool = new pg.Pool({ host: '127.0.0.1', port: 9, database: 'shop' });
  await pool.query('SELECT 1').catch(() => {});
  response.json({ id: request.params.id });
});
const server = app.listen(0, '127.0.0.1', () => {
  get(`http://127.0.0.1:${server.address().port}/orders/5`, (response) => {
    response.resume().on('end', () => {
      console.log(response.statusCode);
      server.close();
    });
  });
});
