// The shop's slow story, for `record.mjs`: ordinary checkouts, then one while somebody else holds a table, as a
// migration does. Telemetry goes to AGENTLOG_DIR.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startShop } from '../shop/start.mjs';

const ORDINARY = 8;
const HELD_MS = 2_000;

const none = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };
const shop = await startShop({ nodeArgs: ['--import', '@agentlog/otel/register'], env: none });
try {
  for (let count = 0; count < ORDINARY; count += 1) await checkout();
  const migration = new pg.Client({ connectionString: shop.databaseUrl });
  await migration.connect();
  await migration.query('BEGIN');
  await migration.query('LOCK TABLE cart_lines IN ACCESS EXCLUSIVE MODE');
  const waiting = checkout();
  await sleep(HELD_MS);
  await migration.query('COMMIT');
  await migration.end();
  await waiting;
} finally {
  await shop.stop();
}

async function checkout() {
  const response = await fetch(`${shop.shopUrl}/checkout`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ cartId: 2, card: shop.secrets.cardNumber }),
  });
  if (response.status !== 200) throw new Error(`a checkout answered ${response.status}`);
}
