// The shop: an ordinary Express service. Nothing here knows about @agentlog/otel; the flag
// `--import @agentlog/otel/register` is all it takes. Environment: PORT, DATABASE_URL, PAYMENTS_URL,
// OPENAI_BASE_URL, OPENAI_API_KEY.
import { trace } from '@opentelemetry/api';
import express from 'express';
import OpenAI from 'openai';
import pg from 'pg';
import { pino } from 'pino';

const log = pino({ name: 'shop' });
const db = new pg.Pool({ connectionString: process.env.DATABASE_URL });
db.on('error', (err) => log.warn({ err }, 'lost an idle database connection'));
const openai = new OpenAI();

const app = express();
app.use(express.json());
app.use((_req, res, next) => {
  const span = trace.getActiveSpan();
  if (span) res.set('x-trace-id', span.spanContext().traceId);
  next();
});

app.get('/health', async (_req, res) => {
  await db.query('SELECT 1');
  res.json({ ok: true });
});

app.get('/orders', async (_req, res) => {
  const { rows: orders } = await db.query(
    'SELECT id, customer, placed_at FROM orders ORDER BY placed_at DESC LIMIT 25',
  );
  for (const order of orders) {
    const { rows: items } = await db.query(
      'SELECT product, quantity, price_cents FROM items WHERE order_id = $1 ORDER BY id',
      [order.id],
    );
    order.items = items;
    order.totalCents = total(items);
  }
  log.info({ orders: orders.length }, 'listed orders');
  res.json(orders);
});

app.post('/checkout', async (req, res) => {
  const { cartId, card } = req.body;
  const cart = await loadCart(cartId);
  if (!cart) return res.status(404).json({ error: 'no such cart' });
  log.info({ cartId, lines: cart.lines.length, coupon: cart.coupon }, 'checking out');
  try {
    const receipt = await charge(cart, card);
    res.json(receipt);
  } catch (cause) {
    throw new Error(`checkout of cart ${cartId} failed`, { cause });
  }
});

app.get('/assistant', async (req, res) => {
  if (!req.query.q) return res.status(400).json({ error: 'ask with ?q=' });
  const { rows: orders } = await db.query(
    'SELECT id, customer, placed_at FROM orders ORDER BY placed_at DESC LIMIT 3',
  );
  const request = {
    model: 'gpt-4o-mini',
    messages: [
      { role: 'system', content: `You help customers of a shop. Latest orders: ${JSON.stringify(orders)}` },
      { role: 'user', content: String(req.query.q) },
    ],
  };
  if (!req.query.stream) {
    const completion = await openai.chat.completions.create(request);
    return res.json({ answer: completion.choices[0].message.content });
  }
  const stream = await openai.chat.completions.create({
    ...request,
    stream: true,
    stream_options: { include_usage: true },
  });
  res.type('text/plain');
  for await (const chunk of stream) res.write(chunk.choices[0]?.delta.content ?? '');
  res.end();
});

app.use((err, req, res, _next) => {
  log.error({ err }, `${req.method} ${req.path} failed`);
  res.status(500).json({ error: 'something went wrong' });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  log.info({ port: server.address().port }, 'listening');
});
process.once('SIGTERM', () => server.close(() => db.end()));

async function loadCart(id) {
  const { rows: carts } = await db.query('SELECT id, coupon FROM carts WHERE id = $1', [id]);
  if (carts.length === 0) return undefined;
  const { rows: lines } = await db.query(
    'SELECT product, quantity, price_cents FROM cart_lines WHERE cart_id = $1 ORDER BY id',
    [id],
  );
  return { ...carts[0], lines };
}

async function charge(cart, card) {
  const response = await fetch(`${process.env.PAYMENTS_URL}/charges`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ cartId: cart.id, subtotalCents: total(cart.lines), coupon: cart.coupon, card }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`payments answered ${response.status}: ${answer.error}`);
  return answer;
}

function total(lines) {
  return lines.reduce((sum, line) => sum + line.quantity * line.price_cents, 0);
}
