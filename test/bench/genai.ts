/**
 * What a model call costs with `register`, beside the same client without it, in one run: CPU µs a call and a
 * streamed chunk, the medians of ROUNDS (5) processes each, alternating; the answers come from memory. And what is
 * loaded for model calls in an app without a GenAI library. `npm run bench:genai`; needs a build.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { unbundled } from '../e2e/unbundled.ts';

const exec = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const REGISTER = pathToFileURL(join(ROOT, 'dist/src/register.cjs')).href;
const SPY = pathToFileURL(join(ROOT, 'test/apps/loaded-modules.mjs')).href;
const ROUNDS = Number(process.env.ROUNDS ?? 5);

interface Sample {
  readonly callUs: number;
  readonly chunkUs: number;
}

const directory = mkdtempSync(join(tmpdir(), 'agentlog-bench-'));
const env = {
  ...process.env,
  AGENTLOG_DIR: join(directory, '.agentlog'),
  OTEL_TRACES_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_METRICS_EXPORTER: 'none',
};

try {
  console.log(`Node ${process.version}, ${cpus()[0]?.model}; CPU µs, median of ${ROUNDS}`);
  for (const library of ['openai', 'anthropic', 'google']) {
    const bare: Sample[] = [];
    const ours: Sample[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await sample(library, []));
      ours.push(await sample(library, ['--import', REGISTER]));
    }
    console.log(
      `${library.padEnd(10)} ${line('call', bare, ours, 'callUs')}  ${line('chunk', bare, ours, 'chunkUs')}`,
    );
  }
  console.log(`without a GenAI library: ${(await loaded()).join(', ')}`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function sample(library: string, nodeArgs: string[]): Promise<Sample> {
  const app = join(ROOT, 'test/bench/genai/client.mjs');
  const { stdout } = await exec(process.execPath, [...nodeArgs, app, library], { env, cwd: ROOT });
  return JSON.parse(stdout) as Sample;
}

function line(what: string, bare: Sample[], ours: Sample[], field: keyof Sample): string {
  const [without, withUs] = [bare, ours].map((samples) => median(samples.map((each) => each[field]))) as [
    number,
    number,
  ];
  const ratio = (withUs / without).toFixed(2);
  return `a ${what}: ${without.toFixed(1)} → ${withUs.toFixed(1)} (+${(withUs - without).toFixed(1)}, ${ratio} ×)`;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Files of ours for model calls that an empty app loads. */
async function loaded(): Promise<string[]> {
  const app = join(directory, 'app.cjs');
  writeFileSync(app, '');
  const { stdout } = await exec(process.execPath, ['--import', SPY, '--import', REGISTER, app], {
    env: { ...env, AGENTLOG_LOCAL: 'off' },
    cwd: directory,
  });
  const files = stdout
    .split('\n')
    .flatMap(unbundled)
    .flatMap((url) => /\/dist\/(instrumentations\/.+)$/.exec(url)?.[1] ?? []);
  return files.filter((file) => /genai|stainless|openai|anthropic|bedrock/.test(file)).sort();
}
