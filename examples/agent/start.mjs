// Runs the agent once, with the model's stand-in and the tools' server, all as child processes: used by `demo.mjs`
// and by the tests.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ChildService } from '../shop/child-service.mjs';

/** Inside the package, so that `--import @agentlog/otel/register` resolves to this repository's own build. */
const directory = fileURLToPath(new URL('.', import.meta.url));

/** What the model wants to know, in this order. The third call asks again what the first one answered. */
const PLAN = [
  ['get_order', { order: 1041 }],
  ['track_parcel', { parcel: 'P-77' }],
  ['get_order', { order: 1041 }],
];

/**
 * Asks the agent one question; resolves to its `answer`, its `traceId` and the `secrets` of the run: strings that
 * are in the question or the environment and must never be found in telemetry.
 *
 * `preload` goes to the agent and, through the environment, to the server it starts; so does `env`.
 *
 * @param {{ preload?: string, env?: Record<string, string>, signal?: AbortSignal }} [options]
 */
export async function runAgent({ preload, env = {}, signal } = {}) {
  const secrets = makeSecrets();
  const llm = new ChildService('llm', ['llm-stand-in.mjs'], {
    cwd: fileURLToPath(new URL('../shop', import.meta.url)),
    env: { PLAN: JSON.stringify(PLAN), NODE_OPTIONS: '' },
  });
  try {
    const { port } = await llm.ready();
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['agent.mjs'], {
      cwd: directory,
      signal,
      env: {
        ...process.env,
        OTEL_SERVICE_NAME: 'agent',
        ...env,
        ...(preload && { NODE_OPTIONS: `--import ${preload}` }),
        OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
        OPENAI_API_KEY: secrets.openaiKey,
        QUESTION: `Where is order 1041? I paid with card ${secrets.cardNumber}. It is urgent.`,
      },
    });
    return { ...JSON.parse(stdout), stderr, secrets };
  } finally {
    await llm.stop();
  }
}

/** In pieces, so that no file of this repository holds what looks like a secret. */
function makeSecrets() {
  return {
    cardNumber: '4242'.repeat(4),
    openaiKey: ['sk', 'proj', randomBytes(24).toString('hex')].join('-'),
  };
}
