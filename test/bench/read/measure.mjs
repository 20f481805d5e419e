/** One question to a store, in a process of its own: prints how long it took and the most memory it had. Runs what was built. */
import { once } from 'node:events';
import { createReadStream, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { JsonlSource } from '../../../dist/src/sources/jsonl.js';

const [what = '', directory = '', traceId = ''] = process.argv.slice(2);
const source = new JsonlSource(directory);
const isEntry = true;

/** What everybody would write first. */
async function parseEachLine() {
  let spanCount = 0;
  for (const name of readdirSync(directory).filter((each) => each.endsWith('.traces.jsonl'))) {
    for await (const line of createInterface({ input: createReadStream(join(directory, name)) })) {
      for (const { scopeSpans } of JSON.parse(line).resourceSpans) {
        for (const { spans } of scopeSpans) spanCount += spans.length;
      }
    }
  }
  return spanCount;
}

async function lookup() {
  return (await source.trace(traceId)).trace.spans.length;
}

/** The command itself, not its parts. */
async function bundle() {
  process.env.AGENTLOG_AUTO_COMPACT = 'off';
  const out = join(tmpdir(), `agentlog-bench-${process.pid}.md`);
  process.argv.splice(2, 3, 'bundle', '--trace-id', traceId, '--dir', directory, '--out', out);
  await import('../../../dist/src/cli.js');
  await once(process, 'beforeExit');
  const { size } = statSync(out);
  rmSync(out);
  return size;
}

const questions = {
  parse: parseEachLine,
  lookup,
  again: lookup,
  route: async () => (await source.search({ where: { route: '/checkout', isEntry } })).traces.length,
  errors: async () => (await source.search({ errorsOnly: true })).traces.length,
  p95: async () => {
    const measures = [{ name: 'p95' }, { name: 'count' }];
    return (await source.aggregate({ where: { isEntry }, groupBy: ['route'], measures })).rows.length;
  },
  repeats: async () => {
    const where = { attributes: [{ key: 'agentlog.db.signature', op: 'exists' }] };
    const measures = [{ name: 'count' }, { name: 'trace_count' }, { name: 'sum' }];
    return (await source.aggregate({ where, groupBy: ['db_signature', 'db_summary'], measures })).rows.length;
  },
  bundle,
  compact: async () => {
    const { compactStore } = await import('../../../dist/src/store/parquet/compact.js');
    return (await compactStore(directory)).parquetBytes;
  },
  seal: async () => {
    const { sealFile } = await import('../../../dist/src/exporters/jsonl/seal.js');
    // Sealing alone does not hold a process open.
    const alive = setInterval(() => undefined, 1_000);
    let longestMs = 0;
    let last = performance.now();
    const beat = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last - 1);
      last = performance.now();
    }, 1);
    for (const name of readdirSync(directory)) {
      if (name.endsWith('.jsonl')) await sealFile(join(directory, name));
    }
    clearInterval(beat);
    clearInterval(alive);
    return longestMs;
  },
};

/** `again`: in a process that has asked before, so that DuckDB is loaded. */
if (what === 'again') await lookup();
/** A command is measured from the start of its process. */
const started = what === 'bundle' ? 0 : performance.now();
const result = await questions[what]();
const ms = performance.now() - started;
process.stdout.write(`${JSON.stringify({ ms, rssMb: process.resourceUsage().maxRSS / 1024, result })}\n`);
