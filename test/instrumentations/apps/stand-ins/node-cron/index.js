// Runs a job once, at once; what it throws is printed, as node-cron does.
async function schedule(_expression, job, _options) {
  try {
    console.log('gave', await job({ task: 'the task' }));
  } catch (error) {
    console.log('printed', error.message);
  }
}

module.exports = { schedule, default: { schedule } };
