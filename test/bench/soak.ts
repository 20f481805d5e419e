/**
 * A soak beside bare Node, in one run: `npm run soak` (ten minutes; SECONDS=60 for another length).
 *
 * Two servers of test/apps/soak.cjs, one bare and one with everything on, get the same load in turns, so that what
 * else the machine does meets both. Prints for each turn the RSS after a collection and the 99th percentile of the
 * event loop's delay. Exits 1 if memory grew or the delay is above the target.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runSoak } from './run-soak.ts';

const TARGET = 1.2;

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'agentlog-soak-'));
  try {
    const seconds = Number(process.env.SECONDS ?? 600);
    const soak = await runSoak({ seconds, directory, say: (line) => console.log(line) });
    console.log(
      `RSS ${soak.isFlat ? 'flat' : 'GREW'}: ${soak.rssMb.join(' → ')} MB; ` +
        `event-loop p99 ${soak.delayRatio.toFixed(2)} × bare (target ${TARGET}), ${soak.requestCount} requests`,
    );
    if (!soak.isFlat || soak.delayRatio > TARGET) process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
