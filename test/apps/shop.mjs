// A small app on express and pg, to be bundled; it asks itself once and ends.
import { get } from 'node:http';
import express from 'express';
import pg from 'pg';

const app = express();
app.get('/', (_, response) => response.send(typeof pg.Client));
const server = app.listen(0, '127.0.0.1', () => {
  get({ port: server.address().port, path: '/' }, (response) => {
    response.resume().on('end', () => server.close());
  });
});
