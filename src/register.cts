/**
 * The door `@agentlog/otel/register`: `node --import @agentlog/otel/register app.js`.
 *
 * CommonJS and old syntax, so that a Node that is too old for the rest can still read this file, say so in one
 * line and let the app run; `--require` and `--import` both take it.
 */
const OLDEST = [22, 15];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isTooOld = major < (OLDEST[0] as number) || (major === OLDEST[0] && minor < (OLDEST[1] as number));

if (isTooOld) {
  process.stderr.write(
    `agentlog-otel: Node ${process.versions.node} is too old, ${OLDEST.join('.')} or newer is needed; the app runs without recording.\n`,
  );
} else {
  // Preloads run again in every worker thread, also in those of libraries (FACTS §3).
  const { isMainThread } = require('node:worker_threads') as typeof import('node:worker_threads');
  const isWanted = isMainThread || /^(?:1|true|on)$/i.test(process.env.AGENTLOG_WORKERS ?? '');
  // NODE_OPTIONS also reaches `npm start` and the like; what they start is the app, they are not.
  const isPackageManager = /[\\/](?:npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack)(?:-cli)?(?:\.[cm]?js)?$/.test(
    process.argv[1] ?? '',
  );
  if (isWanted && !isPackageManager) {
    try {
      (require('../door/index.js') as { start(): unknown }).start();
    } catch (error) {
      const [reason] = String(error).split('\n');
      process.stderr.write(`agentlog-otel: could not start (${reason}); the app runs without recording.\n`);
    }
  }
}
