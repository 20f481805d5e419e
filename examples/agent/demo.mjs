// `npm run demo:agent`: asks the agent one question with `--import @agentlog/otel/register` and prints the bundle of
// it. The telemetry stays in `examples/agent/.agentlog` (emptied by the next run) or in AGENTLOG_DIR (kept).
import { fileURLToPath } from 'node:url';
import { startDemoRun } from '../shop/demo-run.mjs';
import { runAgent } from './start.mjs';

const run = startDemoRun(fileURLToPath(new URL('.agentlog', import.meta.url)));

try {
  const env = run.prepare();
  const content = process.env.AGENTLOG_GENAI_CONTENT ?? 'off';
  run.say(`asking the agent one question (AGENTLOG_GENAI_CONTENT=${content})`);
  const { answer, traceId, secrets } = await runAgent({
    preload: '@agentlog/otel/register',
    env,
    signal: run.signal,
  });
  run.checkNoSecret(secrets);
  run.say(`it answered ${answer.length} characters`);
  await run.agentlog('bundle', '--trace-id', traceId);
  sayWhatNext(traceId, content);
} catch (error) {
  run.failed(error);
}

function sayWhatNext(traceId, content) {
  const said =
    content === 'off'
      ? 'No word of the question, the answers or the tools is in any file.'
      : 'The card number and the API key are in none of the files.';
  console.log(`
${said}

Try next:
  npx agentlog-otel bundle --trace-id ${traceId} --dir ${run.dir} --format json
  AGENTLOG_GENAI_CONTENT=prompts,completions,tools npm run demo:agent    # with prompts, redacted`);
}
