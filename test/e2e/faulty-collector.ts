import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';

/** A server that is no good collector. */
export interface FaultyCollector extends AsyncDisposable {
  readonly url: string;
  /** How many requests, or connections, it saw. */
  readonly seen: () => number;
}

/** Speaks HTTP and answers each request by `answer`; `count` starts at 1. The body has been read. */
export async function startHttp(
  answer: (response: ServerResponse, count: number, request: IncomingMessage) => void,
): Promise<FaultyCollector> {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(response, ++count, request));
  });
  return listening(server, () => count);
}

/** Speaks no HTTP: `talk` has the bare connection. */
export async function startTcp(talk: (socket: Socket) => void): Promise<FaultyCollector> {
  let count = 0;
  const server = createTcpServer((socket) => {
    count++;
    socket.on('error', () => {});
    talk(socket);
  });
  return listening(server as Server, () => count);
}

/** Takes no connection at all: the kernel drops what arrives, as behind a firewall. */
export async function startBlackHole(): Promise<FaultyCollector> {
  const script =
    "const s = require('net').createServer().listen(0, '127.0.0.1', 1, () => console.log(s.address().port))";
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGSTOP');
  const { connect } = await import('node:net');
  // Its backlog holds two.
  const fillers = [1, 2].map(() => connect(Number(port), '127.0.0.1').on('error', () => {}));
  await Promise.all(fillers.map((each) => once(each, 'connect')));
  return {
    url: `http://127.0.0.1:${Number(port)}`,
    seen: () => 0,
    async [Symbol.asyncDispose]() {
      for (const each of fillers) each.destroy();
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

/** A server of any kind on a free port of the loopback interface. */
export async function listening(
  server: Server,
  seen: () => number,
  scheme = 'http',
): Promise<FaultyCollector> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
