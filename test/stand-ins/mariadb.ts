import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const INSTALL = 'Debian and Ubuntu: apt-get install mariadb-server; macOS: brew install mariadb';
const USER = 'app';

/** What is missing to run a real MariaDB here, in one sentence; undefined when it can run. */
export function whyNoMariaDb(): string | undefined {
  const missing = ['mariadbd', 'mariadb-install-db'].filter((name) => find(name) === undefined);
  return missing.length === 0
    ? undefined
    : `These tests need a real MariaDB, and there is no ${missing.join(' and no ')} here: ${INSTALL}.`;
}

/** A real MariaDB of its own in a temporary directory, with an empty database `shop`. */
export class MariaDb {
  readonly url: string;
  private readonly child: ChildProcess;
  private readonly directory: string;

  private constructor(url: string, child: ChildProcess, directory: string) {
    this.url = url;
    this.child = child;
    this.directory = directory;
  }

  static async start(): Promise<MariaDb> {
    const why = whyNoMariaDb();
    if (why !== undefined) throw new Error(why);
    const directory = mkdtempSync(join(tmpdir(), 'agentlog-mariadb-'));
    const data = join(directory, 'data');
    // MariaDB runs as root only when it is told to.
    const who = process.getuid?.() === 0 ? ['--user=root'] : [];
    const install = ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal'];
    execFileSync(find('mariadb-install-db') as string, [...install, '--skip-test-db', ...who], {
      stdio: 'ignore',
    });
    const password = `${process.pid}-${Date.now()}`;
    const init = join(directory, 'init.sql');
    writeFileSync(
      init,
      `CREATE DATABASE shop;\nCREATE USER '${USER}'@'%' IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO '${USER}'@'%';\n`,
    );
    const port = await freePort();
    const child = spawn(
      find('mariadbd') as string,
      [
        '--no-defaults',
        `--datadir=${data}`,
        `--socket=${join(directory, 's')}`,
        `--pid-file=${join(directory, 'pid')}`,
        `--init-file=${init}`,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        '--skip-name-resolve',
        ...who,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const database = new MariaDb(`mysql://${USER}:${password}@127.0.0.1:${port}/shop`, child, directory);
    try {
      await ready(child);
      return database;
    } catch (error) {
      await database.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const exited = new Promise((done) => this.child.once('exit', done));
      this.child.kill('SIGTERM');
      await exited;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Resolves once the server says that it takes connections; what it said before is in the error. */
async function ready(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  for (let i = 0; i < 300; i++) {
    if (said.includes('ready for connections')) return;
    if (child.exitCode !== null) break;
    await sleep(100);
  }
  throw new Error(`MariaDB did not start as ${userInfo().username}:\n${said.slice(-2000)}`);
}

/** Debian keeps servers where only root's PATH leads. */
function find(name: string): string | undefined {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path));
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      server.close(() => done(port));
    });
  });
}
