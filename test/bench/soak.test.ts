import { expect, test } from 'vitest';
import { temporaryDirectory } from '../e2e/run-app.ts';
import { runSoak } from './run-soak.ts';

/** `npm run soak` is the long form, which also judges the event loop; here it is only printed. */
const SECONDS = process.env.CI ? 60 : 20;

test('soak: under load memory stays flat; the event loop’s delay is printed beside bare Node’s', async () => {
  using directory = temporaryDirectory();
  const lines: string[] = [];
  const soak = await runSoak({
    seconds: SECONDS,
    directory: directory.path,
    say: (line) => lines.push(line),
  });
  console.log(
    `soak, ${SECONDS} s: RSS ${soak.rssMb.join(' → ')} MB, event-loop p99 ${soak.delayRatio.toFixed(2)} × bare`,
  );
  expect(soak.requestCount).toBeGreaterThan(100);
  expect(soak.delayRatio).toBeGreaterThan(0);
  expect(soak.isFlat, lines.join('\n')).toBe(true);
}, 180_000);
