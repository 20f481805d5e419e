import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import type { Span } from '../../src/core/span.ts';

const RECORDINGS = join(import.meta.dirname, '../recordings');

/** What a real backend answered once; see test/recordings/README.md. */
export interface Recording {
  readonly request: { readonly path: string };
  readonly response: { readonly status: number; readonly contentType: string; readonly body: unknown };
}

export type Answer = Recording['response'];

/** The spans that the recorded backends were sent. */
export function fixtureSpans(): Span[] {
  const text = readFileSync(join(RECORDINGS, 'fixture.otlp.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .flatMap((line) => decodeLine(line).spans);
}

/** Every recording of a backend by name. */
export function recordings(backend: 'jaeger' | 'tempo'): ReadonlyMap<string, Recording> {
  const folder = join(RECORDINGS, backend);
  return new Map(
    readdirSync(folder).map((name) => [
      name.replace('.json', ''),
      JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recording,
    ]),
  );
}

export interface Stub {
  readonly url: string;
  readonly requests: IncomingMessage[];
}

/** A server on a free port until the test is over; `answer` may write by itself and return nothing. */
export async function startStub(
  answer: (url: URL, request: IncomingMessage, response: ServerResponse) => Answer | undefined,
  server: Server = createServer(),
): Promise<Stub> {
  const requests: IncomingMessage[] = [];
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    requests.push(request);
    const given = answer(new URL(request.url ?? '/', 'http://stub'), request, response);
    if (given === undefined) return;
    const body = typeof given.body === 'string' ? given.body : JSON.stringify(given.body);
    response.writeHead(given.status, { 'content-type': given.contentType }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

export function json(body: unknown, status = 200): Answer {
  return { status, contentType: 'application/json', body };
}
