// Starts the whole shop as child processes and stops it again: used by `demo.mjs` and by the tests.
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ChildService } from './child-service.mjs';

/** Inside the package, so that `--import @agentlog/otel/register` resolves to this repository's own build. */
const directory = fileURLToPath(new URL('.', import.meta.url));

/**
 * Starts Postgres, the chat-completions stand-in, payments and the shop on free ports; resolves when all listen.
 *
 * `nodeArgs` (for example `['--import', '@agentlog/otel/register']`) go to payments and the shop, `env` to them
 * too, over this process's own; both get an `OTEL_SERVICE_NAME`. `secrets` are made anew by each start: strings
 * that pass through the services and must never be found in telemetry. `stop()` ends all by SIGTERM, in order,
 * waits, and may be called often; it resolves to `{ code, signal }` by child. When one child fails to start, all
 * are stopped and the error carries its last lines of stderr; so it goes when `signal` is aborted on the way.
 *
 * @param {{ nodeArgs?: string[], env?: Record<string, string>, signal?: AbortSignal }} [options]
 */
export async function startShop({ nodeArgs = [], env = {}, signal } = {}) {
  const secrets = makeSecrets();
  const children = {};
  const launch = (name, file, childEnv, args = []) => {
    signal?.throwIfAborted();
    children[name] = new ChildService(name, [...args, file], { cwd: directory, env: childEnv });
    return children[name].ready();
  };
  let stopped;
  const stop = () => {
    stopped ??= stopInOrder(children);
    return stopped;
  };

  signal?.addEventListener('abort', stop, { once: true });
  try {
    const service = (name) => ({ ...env, OTEL_SERVICE_NAME: name });
    const [postgres, llm, payments] = await Promise.all([
      launch('postgres', 'postgres.mjs', { POSTGRES_PASSWORD: secrets.databasePassword }),
      launch('llm', 'llm-stand-in.mjs', {}),
      launch(
        'payments',
        'payments.cjs',
        { ...service('payments'), PORT: '0', GATEWAY_API_KEY: secrets.gatewayKey },
        nodeArgs,
      ),
    ]);
    const paymentsUrl = `http://127.0.0.1:${payments.port}`;
    const llmUrl = `http://127.0.0.1:${llm.port}/v1`;
    const shop = await launch(
      'shop',
      'shop.mjs',
      {
        ...service('shop'),
        PORT: '0',
        DATABASE_URL: postgres.url,
        PAYMENTS_URL: paymentsUrl,
        OPENAI_BASE_URL: llmUrl,
        OPENAI_API_KEY: secrets.openaiKey,
      },
      nodeArgs,
    );
    return {
      shopUrl: `http://127.0.0.1:${shop.port}`,
      paymentsUrl,
      llmUrl,
      databaseUrl: postgres.url,
      secrets,
      pids: Object.fromEntries(Object.entries(children).map(([name, child]) => [name, child.pid])),
      /** The last lines that a child (`shop`, `payments`, `llm`, `postgres`) wrote to stdout and to stderr. */
      output: (name) => children[name].output,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Those who ask before those who answer, so that no request dies on the way. */
async function stopInOrder(children) {
  const exits = {};
  for (const name of ['shop', 'payments', 'llm', 'postgres']) {
    if (children[name]) exits[name] = await children[name].stop();
  }
  return exits;
}

/** In pieces, so that no file of this repository holds what looks like a secret. */
function makeSecrets() {
  return {
    cardNumber: '4242'.repeat(4),
    gatewayKey: ['sk', 'live', randomBytes(12).toString('hex')].join('_'),
    openaiKey: ['sk', 'proj', randomBytes(24).toString('hex')].join('-'),
    databasePassword: randomBytes(12).toString('hex'),
  };
}
