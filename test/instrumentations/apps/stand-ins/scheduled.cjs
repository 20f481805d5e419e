// Jobs that go well, fail and throw, two of them with work of their own below.
const { trace } = require('@opentelemetry/api');
const cron = require('node-cron');
const schedule = require('node-schedule');

const tracer = trace.getTracer('app');
const work = () => tracer.startSpan('work').end();

(async () => {
  await tracer.startActiveSpan('request', async (span) => {
    await cron.default.schedule('* * * * *', async function cleanUp({ task }) {
      work();
      return task;
    });
    span.end();
  });
  await cron.schedule('0 4 * * *', async () => Promise.reject(new RangeError('full')), { name: 'backup' });
  await cron.schedule('0 5 * * *', () => 7);
  const { name } = schedule.scheduleJob('nightly', '0 1 * * *', function (at) {
    work();
    console.log(String(this), at.getTime());
  });
  console.log(name);
  try {
    schedule.scheduleJob('0 2 * * *', function report() {
      throw new TypeError('no figures');
    });
  } catch (error) {
    console.log('thrown', error.message);
  }
})();
