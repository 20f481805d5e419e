import { expect, test } from 'vitest';
import { eachApp } from './each-app.ts';
import type { Receiver } from './receiver.ts';
import { readLocal, runApp } from './run-app.ts';

let receiver: Receiver;
let env: Record<string, string>;

eachApp((app) => {
  receiver = app.receiver;
  env = {
    ...app.env,
    OTEL_METRICS_EXPORTER: 'none',
    // The SDK's own limits, out of the way.
    OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '1000000',
    OTEL_SPAN_EVENT_COUNT_LIMIT: '1000000',
  };
});

/** What the app says of itself: what threw out of the API, and how long its event loop stood still for our work. */
interface Outcome {
  readonly thrown: Record<string, string>;
  readonly standstillMs: Record<string, number>;
}

test('large spans through register: each is written and sent, cut with a mark, and none reaches the app', async () => {
  const [bare, ours] = [
    await runApp('large-spans.mjs', { nodeArgs: [], env }),
    await runApp('large-spans.mjs', { env }),
  ];
  expect([bare.code, ours.code, ours.stderr]).toEqual([0, 0, '']);
  const { thrown, standstillMs } = JSON.parse(ours.stdout) as Outcome;
  // A throwing getter throws out of the SDK itself, before any processor sees it; nothing else throws.
  expect(thrown).toEqual({ 'a throwing getter': 'the getter' });
  console.log(`large spans: the event loop stood still for ${JSON.stringify(standstillMs)} ms`);
  const { spans } = readLocal(env.AGENTLOG_DIR as string);
  const of = (name: string) => spans.find((span) => span.name === name);
  expect(spans.map((span) => span.name)).toEqual([
    '10,000 attributes',
    'an attribute of 10 MB',
    '100,000 events',
    'a cyclic value',
    'a throwing getter',
    'an ordinary span',
  ]);
  expect(of('10,000 attributes')?.droppedCount).toBeGreaterThan(5_000);
  expect(String(of('an attribute of 10 MB')?.attributes.large)).toMatch(/\[CUT: 10000000 characters\]$/);
  expect(of('an attribute of 10 MB')?.attributes['agentlog.cut.count']).toBe(1);
  expect(of('100,000 events')?.events.at(-1)?.name).toBe('event 99999');
  expect(of('100,000 events')?.droppedCount).toBeGreaterThan(90_000);
  expect(of('an ordinary span')?.attributes).toEqual({ small: 'x' });
  expect(receiver.spans.map((span) => span.name).sort()).toEqual(spans.map((span) => span.name).sort());
  // The work is bounded by what is kept, whatever came in: 16 MB here.
  const sent = receiver.bodies.reduce((sum, body) => sum + body.length, 0);
  expect(sent).toBeLessThan(2_000_000);
});
