// Ends spans that are far too large or hostile; prints what threw, and how long the event loop stood still after each.
import { trace } from '@opentelemetry/api';

const tracer = trace.getTracer('app');
const cyclic = { name: 'loop' };
cyclic.self = cyclic;
const cases = {
  '10,000 attributes': (span) => {
    for (let i = 0; i < 10_000; i++) span.setAttribute(`key${i}`, i);
  },
  'an attribute of 10 MB': (span) => span.setAttribute('large', 'a line of text, as such. '.repeat(400_000)),
  '100,000 events': (span) => {
    for (let i = 0; i < 100_000; i++) span.addEvent(`event ${i}`, { i });
  },
  'a cyclic value': (span) => span.setAttribute('cyclic', cyclic),
  'a throwing getter': (span) =>
    span.setAttribute('hostile', {
      get value() {
        throw new Error('the getter');
      },
    }),
  'an ordinary span': (span) => span.setAttribute('small', 'x'),
};

const thrown = {};
const standstillMs = {};
for (const [name, fill] of Object.entries(cases)) {
  const span = tracer.startSpan(name);
  try {
    fill(span);
  } catch (error) {
    thrown[name] = error.message;
  }
  let last = performance.now();
  standstillMs[name] = 0;
  span.end();
  for (const endsAt = last + 200; last < endsAt; ) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = performance.now();
    standstillMs[name] = Math.max(standstillMs[name], Math.round(now - last));
    last = now;
  }
}
console.log(JSON.stringify({ thrown, standstillMs }));
