// The payments service: node:http and CommonJS, behind the shop. Environment: PORT, GATEWAY_API_KEY.
const { createServer } = require('node:http');
const { SpanStatusCode, trace } = require('@opentelemetry/api');
const pino = require('pino');

const log = pino({ name: 'payments' });
const COUPONS = { WELCOME10: 10, AUTUMN15: 15 };

class GatewayError extends Error {
  name = 'GatewayError';
}

const server = createServer(async (req, res) => {
  try {
    if (req.method !== 'POST' || req.url !== '/charges') return reply(res, 404, { error: 'no such page' });
    const order = await readJson(req);
    const amountCents = amountDue(order);
    log.info({ ...order, card: undefined, amountCents }, 'charging the card');
    reply(res, 200, gatewayCharge({ amountCents, card: order.card, key: process.env.GATEWAY_API_KEY }));
  } catch (err) {
    log.error({ err }, 'charge failed');
    const span = trace.getActiveSpan();
    span?.recordException(err);
    span?.setStatus({ code: SpanStatusCode.ERROR, message: err.message });
    reply(res, 500, { error: err.message });
  }
});

function amountDue(order) {
  const percentOff = COUPONS[order.coupon] ?? 0;
  return (order.subtotalCents * (100 - percentOff)) / 100;
}

/** Stands for the client of a card gateway: checks the request as the gateway would, and quotes it when it refuses. */
function gatewayCharge({ amountCents, card, key }) {
  if (!Number.isInteger(amountCents) || amountCents <= 0) {
    throw new GatewayError(
      `amount must be a whole number of cents, got ${amountCents} (card ${card}, authorization: Bearer ${key})`,
    );
  }
  return { paid: true, amountCents };
}

async function readJson(req) {
  let body = '';
  for await (const chunk of req) body += chunk;
  return JSON.parse(body);
}

function reply(res, status, body) {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

server.listen(Number(process.env.PORT ?? 3001), '127.0.0.1', () => {
  log.info({ port: server.address().port }, 'listening');
});
