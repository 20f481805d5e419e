import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Receiver, startReceiver } from './receiver.ts';
import { ROOT, type Run, readLocal, runCommand, temporaryDirectory } from './run-app.ts';

const REGISTER = pathToFileURL(join(ROOT, 'dist/src/register.cjs')).href;
const OURS = /^agentlog-otel: .*\n/gm;

/** An app that does something unusual to its own process: it goes as it does bare. */
interface App {
  readonly name: string;
  /** CommonJS; `tracer` and `span(name)` are there, and `end()`, which prints `end` once all else has had its time. */
  readonly code: string;
  readonly flags?: readonly string[];
  /** What it prints, so that the comparison shows something. */
  readonly stdout: string;
  /** Spans that are in the local files afterwards; default: those called `one` and `two`. */
  readonly spans?: readonly string[];
  /** What ours says on stderr, a line each; default: nothing. */
  readonly says?: readonly RegExp[];
}

const PREAMBLE = `const { trace } = require('@opentelemetry/api');
const tracer = trace.getTracer('app');
const span = (name) => tracer.startSpan(name).end();
const later = setTimeout;
const end = () => later(() => console.log('end'), 400);
span('one');
`;

let project: ReturnType<typeof temporaryDirectory>;
let receiver: Receiver;

beforeEach(async () => {
  project = temporaryDirectory();
  symlinkSync(join(ROOT, 'node_modules'), join(project.path, 'node_modules'));
  receiver = await startReceiver({ delayMs: 30 });
});

afterEach(async () => {
  await receiver.close();
  project[Symbol.dispose]();
});

function run(command: string, args: readonly string[]): Promise<Run> {
  return runCommand(command, args, {
    cwd: project.path,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_BSP_SCHEDULE_DELAY: '300',
      AGENTLOG_DIR: join(project.path, '.agentlog'),
    },
  });
}

/** Bare, then with ours; how they ended and what they printed is the same. */
async function runBoth({ code, flags = [] }: Pick<App, 'code' | 'flags'>): Promise<Run> {
  writeFileSync(join(project.path, 'app.cjs'), PREAMBLE + code);
  const bare = await run(process.execPath, [...flags, 'app.cjs']);
  const ours = await run(process.execPath, [...flags, '--import', REGISTER, 'app.cjs']);
  const seen = ({ code, signal, stdout, stderr }: Run) => ({
    code,
    signal,
    stdout,
    // The number of listeners that a warning names is one higher: ours is among them.
    stderr: stderr.replaceAll(OURS, '').replaceAll(/(node:|is |detected. )\d+/g, '$1n'),
  });
  expect(seen(ours)).toEqual(seen(bare));
  return ours;
}

const CLOCK_AND_TIMERS: readonly App[] = [
  {
    name: 'its timers return numbers',
    code: `
      globalThis.setTimeout = (run, ms) => { later(run, ms); return 7; };
      globalThis.setImmediate = (run) => { later(run, 0); return 8; };
      for (let i = 0; i < 100; i++) span('two');
      end();`,
    stdout: 'end\n',
  },
  {
    name: 'its timers and microtasks throw',
    code: `
      const no = () => { throw new Error('no timers'); };
      Object.assign(globalThis, { setTimeout: no, setImmediate: no, clearTimeout: no, queueMicrotask: no });
      for (let i = 0; i < 100; i++) span('two');
      end();`,
    stdout: 'end\n',
  },
  {
    name: 'it counts its timers',
    code: `
      let count = 0;
      for (const name of ['setTimeout', 'setImmediate', 'setInterval', 'queueMicrotask']) {
        const real = globalThis[name];
        globalThis[name] = (...args) => { count++; return real(...args); };
      }
      for (let i = 0; i < 100; i++) span('two');
      later(() => console.log('timers', count), 400);`,
    stdout: 'timers 0\n',
  },
  {
    name: 'its timers are those of node:test, which run all there are',
    code: `
      const { mock } = require('node:test');
      mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] });
      span('two');
      setTimeout(() => console.log('at', Date.now()), 10);
      mock.timers.runAll();
      console.log('now', Date.now());
      mock.timers.reset();`,
    stdout: 'at 10\nnow 10\n',
  },
  {
    name: 'its performance.now throws',
    code: `
      span('two');
      performance.now = () => { throw new Error('no clock'); };
      end();`,
    stdout: 'end\n',
    says: [/cannot send to the collector/],
  },
  {
    name: 'its Date is another class, which knows no time',
    code: `
      span('two');
      globalThis.Date = class extends Date { constructor() { super(NaN); } static now() { return NaN; } };
      end();`,
    stdout: 'end\n',
  },
  {
    name: 'its process.kill throws when a signal ends it',
    code: `
      process.kill = () => { throw new Error('no kill'); };
      span('two');
      console.log('up');
      later(() => require('node:child_process').execFileSync('kill', ['-TERM', String(process.pid)]), 200);
      setInterval(() => {}, 1000);`,
    stdout: 'up\n',
  },
];

const END_OF_WORK: readonly App[] = [
  {
    name: 'it counts how often its work has ended',
    code: `
      span('two');
      let count = 0;
      process.on('beforeExit', () => console.log('no more work', ++count));
      process.on('exit', () => console.log('exit', count));`,
    stdout: 'no more work 1\nexit 1\n',
  },
  {
    name: 'it goes on twice when its work has ended',
    code: `
      let count = 0;
      process.on('beforeExit', () => {
        console.log('no more work', ++count);
        if (count < 3) setTimeout(() => span('two'), 20);
      });
      process.on('exit', () => console.log('exit', count));`,
    spans: ['one', 'two', 'two'],
    stdout: 'no more work 1\nno more work 2\nno more work 3\nexit 3\n',
  },
  {
    name: 'it closes something, without a timer, when its work has ended',
    code: `
      span('two');
      let count = 0;
      process.on('beforeExit', () => {
        console.log('no more work', ++count);
        if (count === 1) require('node:zlib').gzip('text', () => console.log('closed'));
      });`,
    stdout: 'no more work 1\nclosed\nno more work 2\n',
  },
  {
    name: 'it sets its exit code when its work has ended',
    code: `
      span('two');
      process.on('beforeExit', (code) => { console.log('code', code); process.exitCode = code + 1; });`,
    stdout: 'code 0\n',
  },
  {
    name: 'it hears of the end of work once, and then of nothing',
    code: `
      span('two');
      process.once('beforeExit', () => console.log('once'));
      process.on('exit', () => console.log('left', process.listeners('beforeExit').some((each) => /once/.test(each))));`,
    stdout: 'once\nleft false\n',
  },
  {
    name: 'it has as many listeners as Node allows without a warning',
    code: `
      span('two');
      for (let i = 0; i < 10; i++) {
        for (const event of ['exit', 'beforeExit', 'SIGTERM', 'SIGINT', 'uncaughtExceptionMonitor']) process.on(event, () => {});
      }
      end();`,
    stdout: 'end\n',
  },
  {
    name: 'it has more listeners than Node allows without a warning, and than it allowed itself',
    code: `
      span('two');
      for (let i = 0; i < 11; i++) process.on('exit', () => {});
      process.setMaxListeners(2);
      for (let i = 0; i < 3; i++) process.on('SIGINT', () => {});
      process.setMaxListeners(0);
      for (let i = 0; i < 20; i++) process.on('SIGTERM', () => {});
      console.log(process.getMaxListeners());
      end();`,
    stdout: '0\nend\n',
  },
];

const LANGUAGE: readonly App[] = [
  {
    name: 'it has polluted Object.prototype and Array.prototype',
    code: `
      Object.prototype.polluted = 'x';
      Object.prototype.toJSON = function () { return 'no'; };
      Object.prototype.enabled = false;
      Array.prototype.more = () => 1;
      tracer.startSpan('two', { attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT 1' } }).end();
      end();`,
    stdout: 'end\n',
  },
  {
    name: 'it has a setter on Object.prototype that throws',
    code: `
      const trap = { configurable: true, get: () => undefined, set() { throw new Error('trap'); } };
      for (const key of ['polluted', 'isTold', 'facts']) Object.defineProperty(Object.prototype, key, trap);
      span('two');
      end();`,
    stdout: 'end\n',
  },
  {
    name: 'its JSON.stringify throws',
    code: `
      JSON.stringify = () => { throw new Error('no JSON'); };
      span('two');
      end();`,
    stdout: 'end\n',
    says: [/cannot send to the collector/],
  },
  {
    name: 'it has frozen what the language is made of',
    code: `
      for (const each of [Object, Array, Map, Set, Promise, Error, Function, String, Number, Date, JSON, Math]) {
        Object.freeze(each);
        if (each.prototype) Object.freeze(each.prototype);
      }
      tracer.startActiveSpan('two', (parent) => {
        const attributes = { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT 1' };
        for (let i = 0; i < 2; i++) tracer.startSpan('query', { kind: 2, attributes }).end();
        parent.end();
      });
      end();`,
    spans: ['one', 'query', 'two'],
    stdout: 'end\n',
  },
];

/** Not before the first request is out: Node's own `import` and `fs.promises`, which it takes, need `then`. */
const NO_THEN = `later(() => {
  Promise.prototype.then = () => { throw new Error('no then'); };
  span('two');
  END
}, 800);`;
const WITHOUT_THEN: readonly App[] = [
  { name: 'ends by itself', code: NO_THEN.replace('END', 'end();'), stdout: 'end\n' },
  {
    name: 'ends by a signal',
    code: NO_THEN.replace('END', "end(); later(() => process.kill(process.pid, 'SIGTERM'), 450);"),
    stdout: 'end\n',
  },
];

/** A test of browser code, a sandbox: what everybody relies on is not there, or throws. */
const TAKEN_AWAY: readonly App[] = [
  ...[
    'process',
    'Buffer',
    'Promise',
    'Map',
    'WeakMap',
    'URL',
    'Uint8Array',
    'Error',
    'Reflect',
    'TextEncoder',
  ].map((name) => ({ name: `no ${name}`, code: `globalThis.${name} = undefined;` })),
  {
    name: 'process.env throws',
    code: "Object.defineProperty(process, 'env', { get() { throw new Error('no env'); } });",
  },
  {
    name: 'nothing can be put into a map',
    code: "Map.prototype.set = () => { throw new Error('no set'); };",
  },
  {
    name: 'no regular expression works',
    code: "RegExp.prototype.exec = () => { throw new Error('no exec'); };",
  },
  {
    name: 'no file can be written',
    code: "require('node:fs').writeSync = () => { throw new Error('no write'); };",
  },
  {
    name: 'no connection can be made',
    code: "require('node:net').Socket.prototype.connect = () => { throw new Error('no network'); };",
  },
].map((app) => ({
  ...app,
  // What prints and ends is fetched before, and is nothing that is taken away.
  code: `
    const { writeSync } = require('node:fs');
    const { reallyExit } = process;
    const quit = reallyExit.bind(process, 4);
    later(() => { writeSync(1, 'end\\n'); quit(); }, 600);
    for (let i = 0; i < 100; i++) span('two');
    ${app.code}`,
  stdout: 'end\n',
}));

const FLAGS = [
  ['--permission', '--allow-fs-read=*', '--allow-fs-write=*'],
  ['--disallow-code-generation-from-strings'],
  ['--disable-proto=throw'],
  ['--disable-proto=delete'],
  ['--jitless'],
  ['--throw-deprecation', '--pending-deprecation'],
  ['--preserve-symlinks', '--preserve-symlinks-main'],
  ['--conditions=browser', '--conditions=development'],
  ['--unhandled-rejections=strict'],
  ['--trace-uncaught', '--trace-warnings', '--trace-exit'],
];

/** Runs each app and looks at what it left. */
function check(apps: readonly App[]): void {
  test.each(apps)('$name', async (app) => {
    const ours = await runBoth(app);
    expect(ours.stdout).toBe(app.stdout);
    const said = ours.stderr.match(OURS) ?? [];
    expect(said, said.join('')).toHaveLength(app.says?.length ?? 0);
    for (const [i, pattern] of (app.says ?? []).entries()) expect(said[i]).toMatch(pattern);
    const names = readLocal(join(project.path, '.agentlog')).spans.map((each) => each.name);
    expect([...new Set(names)].sort()).toEqual([...new Set(app.spans ?? ['one', 'two'])].sort());
  });
}

describe('unharmed: an app whose clock and timers are its own', () => check(CLOCK_AND_TIMERS));
describe('unharmed: an app that listens to its own end', () => check(END_OF_WORK));
describe('unharmed: an app that changes its language', () => check(LANGUAGE));

describe('unharmed: an app in which nothing can be done `then`', () => {
  check(WITHOUT_THEN);
  afterEach(() => expect(receiver.spans.map((each) => each.name)).toEqual(['one', 'two']));
});

describe('unharmed: an app in which something is missing', () => {
  test.each(TAKEN_AWAY)('$name', async (app) => {
    const ours = await runBoth(app);
    expect(ours).toMatchObject({ code: 4, stdout: app.stdout });
  });
});

describe('unharmed: node', () => {
  test.each(FLAGS.map((flags) => [flags.join(' '), flags] as const))('%s', async (_, flags) => {
    const ours = await runBoth({ code: "span('two'); end();", flags });
    expect(ours.stdout).toBe('end\n');
    expect(readLocal(join(project.path, '.agentlog')).spans.map((each) => each.name)).toEqual(['one', 'two']);
  });

  test('--permission without a right to write: one line, and the collector gets everything', async () => {
    const ours = await runBoth({ code: "span('two'); end();", flags: ['--permission', '--allow-fs-read=*'] });
    expect(ours.stderr.match(OURS)).toEqual([
      expect.stringMatching(/the local files are off: .*--allow-fs-write/),
    ]);
    expect(receiver.spans.map((each) => each.name)).toEqual(['one', 'two']);
  });

  test('--frozen-intrinsics', async () => {
    const ours = await runBoth({ code: "span('two'); end();", flags: ['--frozen-intrinsics'] });
    expect(ours.stdout).toBe('end\n');
    expect(receiver.spans.map((each) => each.name)).toEqual(['one', 'two']);
  });

  test('--no-experimental-require-module: one line, and the app runs', async () => {
    const ours = await runBoth({ code: 'end();', flags: ['--no-experimental-require-module'] });
    expect(ours.stdout).toBe('end\n');
    expect(ours.stderr.match(OURS)).toEqual([
      expect.stringMatching(/could not start .* runs without recording/),
    ]);
  });
});

describe('unharmed: the standard streams', () => {
  const MANY = 300_000;
  /** What goes through a pipe whose reader is late, and what the app printed of it. */
  const piped = async (descriptor: 1 | 2, preload: string): Promise<string> => {
    writeFileSync(
      join(project.path, 'app.cjs'),
      `${PREAMBLE}require('node:fs').writeSync(${descriptor}, 'x'.repeat(${MANY}));`,
    );
    const node = `"${process.execPath}" ${preload} app.cjs`;
    const from = descriptor === 1 ? node : `${node} 2>&1 >/dev/null`;
    return (await run('bash', ['-c', `${from} | (sleep 1; tr -cd x | wc -c)`])).stdout.trim();
  };

  test.each([1, 2] as const)(
    'what the app writes to descriptor %i by fs arrives whole',
    async (descriptor) => {
      expect(await piped(descriptor, '')).toBe(String(MANY));
      expect(await piped(descriptor, `--import ${REGISTER}`)).toBe(String(MANY));
    },
  );

  test('who shares the standard input with the app can read it', async () => {
    writeFileSync(join(project.path, 'app.cjs'), `${PREAMBLE}end();`);
    const node = `"${process.execPath}" --import ${REGISTER} app.cjs`;
    const shell = `(sleep 1; echo shared) | (${node} & sleep 0.5; cat; wait)`;
    const { stdout, stderr } = await run('bash', ['-c', shell]);
    expect(stdout.split('\n').sort()).toEqual(['', 'end', 'shared']);
    expect(stderr).toBe('');
  });

  test('closed, all three of them', async () => {
    writeFileSync(join(project.path, 'app.cjs'), `${PREAMBLE}span('two'); end();`);
    const node = `"${process.execPath}" --import ${REGISTER} app.cjs`;
    const { stdout } = await run('bash', ['-c', `(${node} <&- >&- 2>&-); echo ended with $?`]);
    expect(stdout).toBe('ended with 0\n');
    expect(readLocal(join(project.path, '.agentlog')).spans).toHaveLength(2);
  });
});

test('unharmed: in a working directory that is gone the app runs, and the collector gets everything', async () => {
  const directory = join(project.path, 'gone');
  const app = join(project.path, 'app.cjs');
  mkdirSync(directory);
  writeFileSync(app, `${PREAMBLE}span('two'); end();`);
  const node = `"${process.execPath}" --import ${REGISTER} ${app}`;
  const ours = await run('bash', ['-c', `cd gone; rmdir ../gone; unset AGENTLOG_DIR; ${node}`]);
  expect(ours).toMatchObject({ code: 0, stdout: 'end\n' });
  expect(ours.stderr.match(OURS)).toEqual([expect.stringMatching(/the local files are off/)]);
  expect(receiver.spans.map((each) => each.name)).toEqual(['one', 'two']);
  rmSync(directory, { recursive: true, force: true });
});

test('unharmed: what holds the process open is what holds it bare', async () => {
  const code = `
    span('two');
    later(() => console.log(process.getActiveResourcesInfo().filter((each) => each !== 'PipeWrap').join()), 400);`;
  expect((await runBoth({ code })).stdout).toBe('Timeout\n');
});
