import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../examples/shop/postgres.mjs', import.meta.url));

/** A real Postgres of its own, gone when it is stopped or this process ends. */
export class Postgres {
  readonly url: string;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.child = child;
    this.url = url;
  }

  static async start(): Promise<Postgres> {
    const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout })) {
      const said: { msg?: string; url?: string } = JSON.parse(line);
      if (said.msg === 'listening' && said.url !== undefined) return new Postgres(child, said.url);
    }
    throw new Error('Postgres ended before it listened');
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin?.end();
    await exited;
  }
}
