// Records the real runs that the bundles of this folder are made of: `node examples/bundles/record.mjs agent` writes
// `agent.otlp.jsonl` here (`shop` and `slow` likewise; they need Postgres, see examples/shop), without the names of the
// machine.
// Then `npx vitest run test/bundles/examples.test.ts -u` makes the bundles anew; read what changed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** What says on which machine, by whom and under which number it ran. */
const OF_THE_MACHINE = /^(?:host\.(?:name|id)|process\.(?:owner|pid)|os\.version|agentlog\.configuration\.names)$/;
const RUNS = { agent: '../agent/demo.mjs', shop: '../shop/demo.mjs', slow: 'slow-dependency.mjs' };
const [story = 'agent'] = process.argv.slice(2);

const directory = mkdtempSync(join(tmpdir(), 'agentlog-record-'));
try {
  execFileSync(process.execPath, [join(import.meta.dirname, RUNS[story])], {
    cwd: ROOT,
    env: { ...process.env, AGENTLOG_DIR: directory },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const lines = readdirSync(directory)
    .filter((name) => /\.(?:traces|logs)\.jsonl$/.test(name))
    .sort()
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').filter(Boolean));
  writeFileSync(join(import.meta.dirname, `${story}.otlp.jsonl`), `${lines.map(normalised).join('\n')}\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** The line as a program in /srv/app on a machine without a name would have written it. */
function normalised(line) {
  const request = JSON.parse(line.replaceAll(ROOT, '/srv/app').replaceAll(dirname(process.execPath), '/usr/local/bin'));
  for (const { resource } of request.resourceSpans ?? request.resourceLogs) {
    resource.attributes = resource.attributes.filter(({ key }) => !OF_THE_MACHINE.test(key));
  }
  return JSON.stringify(request);
}
