// `npm run demo`: runs the shop with `--import @agentlog/otel/register`, breaks it, and prints the bundle of what
// broke. The telemetry stays in `examples/shop/.agentlog` (emptied by the next run) or in AGENTLOG_DIR (kept).
import { fileURLToPath } from 'node:url';
import { startDemoRun } from './demo-run.mjs';
import { startShop } from './start.mjs';

const run = startDemoRun(fileURLToPath(new URL('.agentlog', import.meta.url)));

let shop;
try {
  const env = run.prepare();
  run.say('starting Postgres, a chat-completions stand-in, payments and the shop');
  shop = await startShop({ nodeArgs: ['--import', '@agentlog/otel/register'], env, signal: run.signal });
  const traces = await drive();
  run.say('stopping all of it');
  await shop.stop();
  run.checkNoSecret(shop.secrets);
  await show(traces);
} catch (error) {
  run.failed(error);
  for (const name of shop && !run.signal.aborted ? ['shop', 'payments'] : []) {
    const { stderr } = shop.output(name);
    if (stderr) console.error(`\nthe end of ${name}'s stderr:\n${stderr}`);
  }
} finally {
  await shop?.stop();
}

/** A few ordinary requests and one that fails; resolves to the trace ids worth a look. */
async function drive() {
  await request('GET /assistant?q=Where%20is%20my%20order%3F', 200);
  await request('GET /orders', 200);
  const orders = await request('GET /orders', 200);
  await request('POST /checkout', 200, { cartId: 2, card: shop.secrets.cardNumber });
  const checkout = await request('POST /checkout', 500, { cartId: 3, card: shop.secrets.cardNumber });
  return { orders: traceIdOf(orders), checkout: traceIdOf(checkout) };
}

function traceIdOf(response) {
  const traceId = response.headers.get('x-trace-id');
  if (!traceId) throw new Error('the shop answered without a trace id, so it ran without telemetry');
  return traceId;
}

async function request(what, expectedStatus, body) {
  const [method, path] = what.split(' ');
  const response = await fetch(shop.shopUrl + path, {
    method,
    signal: AbortSignal.any([run.signal, AbortSignal.timeout(20_000)]),
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  await response.arrayBuffer();
  run.say(`${what} → ${response.status}`);
  if (response.status !== expectedStatus) {
    throw new Error(`expected ${what} to answer ${expectedStatus}, got ${response.status}`);
  }
  return response;
}

async function show(traces) {
  await run.agentlog('traces');
  await run.agentlog('bundle', '--trace-id', traces.checkout);
  console.log(`
The files are in ${run.dir}:
${run
  .files()
  .map((name) => `  ${name}`)
  .join('\n')}
The card number and the API key that the error quotes are in none of them.

Try next:
  npx agentlog-otel bundle --trace-id ${traces.orders} --dir ${run.dir}    # the slow page
  npx agentlog-otel bundle --trace-id ${traces.checkout} --dir ${run.dir} --format json
  npx agentlog-otel traces --errors --dir ${run.dir}
  OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 npm run demo    # sends to a collector as well`);
}
