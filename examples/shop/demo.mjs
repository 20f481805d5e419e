// `npm run demo`: runs the shop with `--import @agentlog/otel/register`, breaks it, and prints the bundle of what
// broke. The telemetry stays in `examples/shop/.agentlog` (emptied by the next run) or in AGENTLOG_DIR (kept).
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startShop } from './start.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'dist/src/cli.js');
const OWN_DIRECTORY = fileURLToPath(new URL('.agentlog', import.meta.url));
const directory = process.env.AGENTLOG_DIR ? resolve(process.env.AGENTLOG_DIR) : OWN_DIRECTORY;
const interrupted = new AbortController();
const { signal } = interrupted;

for (const [name, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.on(name, () => {
    if (!signal.aborted) say('interrupted, stopping all of it');
    process.exitCode = code;
    interrupted.abort();
  });
}

let shop;
try {
  checkSetUp();
  emptyDirectory();
  say('starting Postgres, a chat-completions stand-in, payments and the shop');
  shop = await startShop({ nodeArgs: ['--import', '@agentlog/otel/register'], env: telemetryEnv(), signal });
  const traces = await drive();
  say('stopping all of it');
  await shop.stop();
  checkNoSecret();
  await show(traces);
} catch (error) {
  if (!signal.aborted) {
    process.exitCode = 1;
    console.error(`\ndemo failed: ${error.message}`);
    for (const name of shop ? ['shop', 'payments'] : []) {
      const { stderr } = shop.output(name);
      if (stderr) console.error(`\nthe end of ${name}'s stderr:\n${stderr}`);
    }
  }
} finally {
  await shop?.stop();
}

function checkSetUp() {
  if (Number(process.versions.node.split('.')[0]) < 22) {
    throw new Error(
      `Node ${process.versions.node} is too old; \`npm run demo\` uses the one in node_modules`,
    );
  }
  if (!existsSync(CLI))
    throw new Error('there is no build yet; run `npm run build` first, or `npm run demo`');
}

function emptyDirectory() {
  if (directory === OWN_DIRECTORY) rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}

/** The files are enough here: it sends to a collector only when the environment names one. */
function telemetryEnv() {
  const env = { AGENTLOG_DIR: directory };
  if (Object.keys(process.env).some((name) => /^OTEL_EXPORTER_OTLP_(\w+_)?ENDPOINT$/.test(name))) return env;
  for (const kind of ['TRACES', 'LOGS', 'METRICS']) {
    const name = `OTEL_${kind}_EXPORTER`;
    env[name] = process.env[name] ?? 'none';
  }
  return env;
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
    signal: AbortSignal.any([signal, AbortSignal.timeout(20_000)]),
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  await response.arrayBuffer();
  say(`${what} → ${response.status}`);
  if (response.status !== expectedStatus) {
    throw new Error(`expected ${what} to answer ${expectedStatus}, got ${response.status}`);
  }
  return response;
}

/** The promise that the last lines of the output make, checked before they make it. */
function checkNoSecret() {
  for (const file of telemetryFiles()) {
    const text = readFileSync(join(directory, file), 'utf8');
    for (const [name, secret] of Object.entries(shop.secrets)) {
      if (text.includes(secret)) throw new Error(`${file} holds the ${name} of this run`);
    }
  }
}

function telemetryFiles() {
  return readdirSync(directory).filter((name) => name.endsWith('.jsonl'));
}

async function show(traces) {
  const dir = relative(process.cwd(), directory) || '.';
  await agentlog('traces', '--dir', dir);
  await agentlog('bundle', '--trace-id', traces.checkout, '--dir', dir);
  console.log(`
The files are in ${dir}:
${telemetryFiles()
  .map((name) => `  ${name}`)
  .join('\n')}
The card number and the API key that the error quotes are in none of them.

Try next:
  npx agentlog-otel bundle --trace-id ${traces.orders} --dir ${dir}    # the slow page
  npx agentlog-otel bundle --trace-id ${traces.checkout} --dir ${dir} --format json
  npx agentlog-otel traces --errors --dir ${dir}
  OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 npm run demo    # sends to a collector as well`);
}

async function agentlog(...args) {
  console.log(`\n$ npx agentlog-otel ${args.join(' ')}`);
  try {
    const options = { signal, maxBuffer: 64 * 1024 * 1024, timeout: 30_000 };
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args], options);
    process.stdout.write(stdout);
  } catch (error) {
    throw new Error(`agentlog-otel ${args[0]} failed: ${error.stderr || error.message}`, { cause: error });
  }
}

function say(step) {
  console.error(`demo: ${step}`);
}
