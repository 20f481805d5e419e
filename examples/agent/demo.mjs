// `npm run demo:agent`: asks the agent one question with `--import @agentlog/otel/register` and prints the bundle of
// it. The telemetry stays in `examples/agent/.agentlog` (emptied by the next run) or in AGENTLOG_DIR (kept).
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runAgent } from './start.mjs';

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
    process.exitCode = code;
    interrupted.abort();
  });
}

try {
  if (!existsSync(CLI)) throw new Error('there is no build yet; run `npm run build` first');
  if (directory === OWN_DIRECTORY) rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const content = process.env.AGENTLOG_GENAI_CONTENT ?? 'off';
  console.error(`demo: asking the agent one question (AGENTLOG_GENAI_CONTENT=${content})`);
  const { answer, traceId, secrets } = await runAgent({
    preload: '@agentlog/otel/register',
    env: telemetryEnv(),
    signal,
  });
  checkNoSecret(secrets);
  console.error(`demo: it answered ${answer.length} characters`);
  await show(traceId, content);
} catch (error) {
  if (!signal.aborted) {
    process.exitCode = 1;
    console.error(`\ndemo failed: ${error.stderr || error.message}`);
  }
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

/** The promise that the last lines of the output make, checked before they make it. */
function checkNoSecret(secrets) {
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.jsonl'))) {
    const text = readFileSync(join(directory, file), 'utf8');
    for (const [name, secret] of Object.entries(secrets)) {
      if (text.includes(secret)) throw new Error(`${file} holds the ${name} of this run`);
    }
  }
}

async function show(traceId, content) {
  const dir = relative(process.cwd(), directory) || '.';
  const args = ['bundle', '--trace-id', traceId, '--dir', dir];
  console.log(`$ npx agentlog-otel ${args.join(' ')}`);
  const options = { signal, maxBuffer: 64 * 1024 * 1024, timeout: 30_000 };
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args], options);
  process.stdout.write(stdout);
  const said =
    content === 'off'
      ? 'No word of the question, the answers or the tools is in any file.'
      : 'The card number and the API key are in none of the files.';
  console.log(`
${said}

Try next:
  npx agentlog-otel bundle --trace-id ${traceId} --dir ${dir} --format json
  AGENTLOG_GENAI_CONTENT=prompts,completions,tools npm run demo:agent    # with prompts, redacted`);
}
