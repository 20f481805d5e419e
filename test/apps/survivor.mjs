// Ends a span of 2 KB every 10 ms until the local files, having been off, are on again, or APP_MS (default 25 s) have
// passed. Says `off` and `on` as that happens; prints the counters at its exit. APP_CAUSE names what it does to itself.
import { closeSync, openSync } from 'node:fs';
import { start } from '@agentlog/otel';
import { trace } from '@opentelemetry/api';

const telemetry = start();
const local = () => telemetry.status().traces.find(({ name }) => name === 'local');
process.on('exit', () => console.log(JSON.stringify(telemetry.status())));

const tracer = trace.getTracer('app');
const note = 'x'.repeat(2_000);
const endsAt = performance.now() + Number(process.env.APP_MS ?? 25_000);
let ended = 0;
let exportedWhenOff;

const held = [];
const causes = {
  /** Every descriptor there is. */
  EMFILE: () => {
    try {
      for (;;) held.push(openSync('/dev/null'));
    } catch {}
  },
  /** An hour back. */
  clock: () => {
    const { now } = Date;
    const RealDate = Date;
    globalThis.Date = class extends RealDate {
      constructor(...args) {
        if (args.length === 0) super(RealDate.now() - 3_600_000);
        else super(...args);
      }
      static now() {
        return now() - 3_600_000;
      }
    };
  },
};
const cause = process.env.APP_CAUSE;

const timer = setInterval(() => {
  if (cause === 'EMFILE' && exportedWhenOff === undefined) causes.EMFILE();
  tracer.startSpan(`work ${ended++}`, { attributes: { note } }).end();
  if (ended === 50 && cause === 'clock') causes.clock();
  const { failed, exported } = local();
  if (failed > 0 && exportedWhenOff === undefined) {
    exportedWhenOff = exported;
    console.log('off');
    for (const descriptor of held.splice(0)) closeSync(descriptor);
  }
  const isOnAgain = exportedWhenOff !== undefined && exported > exportedWhenOff;
  if (isOnAgain) console.log('on');
  if (isOnAgain || performance.now() > endsAt) clearInterval(timer);
}, 10);
