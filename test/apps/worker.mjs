// Makes a span in the main thread and one in a worker thread.
import { Worker } from 'node:worker_threads';
import { trace } from '@opentelemetry/api';

trace.getTracer('app').startSpan('main').end();
new Worker(new URL('./worker-thread.cjs', import.meta.url)).on('exit', (code) =>
  console.log(`worker ended with ${code}`),
);
