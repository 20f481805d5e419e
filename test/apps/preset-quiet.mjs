// Prints what preset() made the process do before any SDK starts: async resources, open files, patches.
import { createHook } from 'node:async_hooks';
import { existsSync, readdirSync } from 'node:fs';
import http from 'node:http';
import { preset } from '@agentlog/otel';

const before = http.request;
const files = () => readdirSync('/proc/self/fd').length;
const open = files();
const resources = [];
const hook = createHook({ init: (_, type) => resources.push(type) }).enable();
const first = preset();
const second = preset();
hook.disable();

console.log(
  JSON.stringify({
    resources: [...new Set(resources)].filter((type) => type !== 'PROMISE'),
    openedFiles: files() - open,
    hasDirectory: existsSync(process.env.AGENTLOG_DIR),
    instrumentations: first.instrumentations.length,
    areShared: first.instrumentations.every((each, i) => each === second.instrumentations[i]),
    isHttpPatched: http.request !== before,
    handlers: process.listenerCount('SIGTERM') + process.listenerCount('beforeExit'),
  }),
);
