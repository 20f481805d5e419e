// The app under load: plain HTTP and five Postgres queries a request. Prints its port; ends at SIGTERM.
// CommonJS, because the stock distribution hooks no ES module: of an ESM server it would record no request at all.
const { createServer } = require('node:http');
const pg = require('pg');

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

const server = createServer(async (request, response) => {
  if (request.url === '/usage') {
    const { user, system } = process.cpuUsage();
    const memory = process.memoryUsage();
    response.end(JSON.stringify({ cpuUs: user + system, rssBytes: memory.rss, memory }));
    return;
  }
  try {
    const { rows } = await pool.query('SELECT id, customer FROM orders WHERE id = $1', [
      1 + (Date.now() % 100),
    ]);
    await pool.query('SELECT sku, quantity FROM items WHERE order_id = $1', [rows[0].id]);
    await pool.query("SELECT count(*) FROM items WHERE sku = 'tea'");
    await pool.query('SELECT customer FROM orders ORDER BY id DESC LIMIT 5');
    await pool.query('UPDATE orders SET seen = seen + 1 WHERE id = $1', [rows[0].id]);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(rows));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('SIGTERM', () => process.exit(0));
