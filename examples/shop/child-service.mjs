import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const READY_MS = 60_000;
const STOP_MS = 15_000;
const KEPT_LINES = 50;

/** One Node process that says `{"msg":"listening","port":…}` on stdout when it is ready. */
export class ChildService {
  #child;
  #name;
  #exit;
  #ready = Promise.withResolvers();
  #lines = { stdout: [], stderr: [] };
  #dieWithParent = () => this.#child.kill('SIGTERM');

  constructor(name, args, { cwd, env }) {
    this.#name = name;
    this.#child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#exit = once(this.#child, 'close').then(([code, signal]) => ({ code, signal }));
    this.#exit.then(
      ({ code, signal }) => {
        process.off('exit', this.#dieWithParent);
        this.#ready.reject(this.#failure(`ended with ${signal ?? `code ${code}`} before it listened`));
      },
      (error) => this.#ready.reject(error),
    );
    this.#ready.promise.catch(() => {});
    process.on('exit', this.#dieWithParent);
    for (const stream of ['stdout', 'stderr']) {
      createInterface({ input: this.#child[stream] }).on('line', (line) => this.#read(stream, line));
    }
  }

  get pid() {
    return this.#child.pid;
  }

  get output() {
    return { stdout: this.#lines.stdout.join('\n'), stderr: this.#lines.stderr.join('\n') };
  }

  /** The line that said it listens, parsed. Rejects with the tail of stderr when it ends first or takes too long. */
  async ready() {
    const timer = setTimeout(
      () => this.#ready.reject(this.#failure(`did not listen within ${READY_MS / 1000} s`)),
      READY_MS,
    );
    try {
      return await this.#ready.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it by SIGTERM, by SIGKILL if that takes too long, and resolves once it has gone. */
  async stop() {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    try {
      return await this.#exit;
    } finally {
      clearTimeout(timer);
    }
  }

  #read(stream, line) {
    const lines = this.#lines[stream];
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    if (stream === 'stdout' && line.includes('"listening"')) this.#ready.resolve(JSON.parse(line));
  }

  #failure(what) {
    return new Error(
      `${this.#name} ${what}. The end of its stderr:\n${this.#lines.stderr.slice(-20).join('\n')}`,
    );
  }
}
