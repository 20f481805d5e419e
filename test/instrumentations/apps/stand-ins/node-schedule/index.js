// Runs a job once, at once, as node-schedule does: with a name before the rule or without.
function scheduleJob(...args) {
  const job = args.find((each) => typeof each === 'function');
  job.call('the job', new Date(0));
  return { name: typeof args[1] === 'string' ? args[0] : null };
}

module.exports = { scheduleJob };
