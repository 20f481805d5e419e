// A parent, a forked child and a spawned one; each makes spans named after its process.
const { fork, spawn } = require('node:child_process');
const { trace } = require('@opentelemetry/api');

for (let i = 0; i < 3; i++) trace.getTracer('app').startSpan(`pid ${process.pid}`).end();
if (process.argv[2] !== 'child') {
  fork(__filename, ['child']);
  spawn(process.execPath, [__filename, 'child'], { stdio: 'inherit' });
}
