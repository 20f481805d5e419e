// Ends five spans, then ends itself in the way APP_END names.
import { trace } from '@opentelemetry/api';

const tracer = trace.getTracer('app');
for (let i = 0; i < 5; i++) tracer.startSpan(`work ${i}`).end();

/** Long enough for what is written within 100 ms to be on disk. */
const LATER_MS = 400;

const later = (end) => {
  setTimeout(end, LATER_MS);
};

const wait = () => {
  setInterval(() => {}, 1000);
  console.log('ready');
};

/** Shuts down in its own time, as a server that drains its connections. */
const closeOn = (listen) => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    listen.call(process, signal, () => {
      setTimeout(() => process.exit(0), 1_000);
    });
  }
  wait();
};

const ENDS = {
  clean: () => {},
  'throw at top level': () => {
    throw new Error('the app failed');
  },
  throw: () => {
    setTimeout(() => {
      throw new Error('the app failed');
    });
  },
  reject: () => {
    setTimeout(() => Promise.reject(new Error('the app failed')));
  },
  exit: () => {
    setTimeout(() => process.exit(3));
  },
  wait,
  'own listener': () => closeOn(process.on),
  'own listener, once': () => closeOn(process.once),
  'signal-exit': async () => {
    (await import('signal-exit')).onExit(() => {});
    wait();
  },
  abort: () => later(() => process.abort()),
  'out of memory': () =>
    later(() => {
      const kept = [];
      for (;;) kept.push(new Array(10_000).fill(kept.length));
    }),
};

ENDS[process.env.APP_END ?? 'clean']();
