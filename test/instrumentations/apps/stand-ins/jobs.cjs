// Adds three jobs, the last of them by something that says nothing of a trace, and works them off inside another span.
const { trace } = require('@opentelemetry/api');
const { Queue, Worker } = require('bullmq');

const tracer = trace.getTracer('app');
const within = (name, work) => tracer.startActiveSpan(name, async (span) => work().finally(() => span.end()));

const queue = new Queue('mails', {});
const worker = new Worker('mails', async ({ id, data }) => {
  tracer.startSpan(`work ${id}`).end();
  if (data === 'bad') throw new TypeError('no address');
  return { address: data };
});
(async () => {
  await within('request', async () => {
    await queue.add('welcome', 'good');
    await queue.add('welcome', 'bad');
    const job = await queue.add('welcome', 'late');
    job.metadata = '{';
  });
  await within('made in a request', () => worker.run());
})();
