import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import type { LogRecord, Span } from '../../src/core/span.ts';

/** An OTLP/HTTP receiver that decodes what arrives, and keeps every byte to search for secrets. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly spans: Span[];
  readonly logs: LogRecord[];
  /** The bodies as they came, decompressed. */
  readonly bodies: Buffer[];
  readonly paths: string[];
  /** Every request in the order it was complete. */
  readonly requests: Request[];
  /** How many requests were given up by the sender before they were answered. */
  readonly givenUp: () => number;
  /** How many requests waited for their answer at the same time, at most. */
  readonly mostAtOnce: () => number;
  close(): Promise<void>;
}

export interface Request {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** The spans or log records in it; 0 when it is not JSON. */
  readonly records: number;
}

/** Starts one on a free port, or on `port`. It answers `status` with a body OTLP expects, after `delayMs`. */
export async function startReceiver({ port = 0, status = 200, delayMs = 0 } = {}): Promise<Receiver> {
  const spans: Span[] = [];
  const logs: LogRecord[] = [];
  const bodies: Buffer[] = [];
  const paths: string[] = [];
  const requests: Request[] = [];
  let givenUp = 0;
  let waiting = 0;
  let mostAtOnce = 0;
  const server: Server = createServer((request, response) => {
    mostAtOnce = Math.max(mostAtOnce, ++waiting);
    response.on('close', () => {
      waiting--;
      if (!response.writableFinished) givenUp++;
    });
    read(request).then((body) => {
      bodies.push(body);
      paths.push(request.url ?? '');
      let records = 0;
      if (status < 300 && request.headers['content-type'] === 'application/json') {
        const decoded = decodeLine(body.toString());
        spans.push(...decoded.spans);
        logs.push(...decoded.logs);
        records = decoded.spans.length + decoded.logs.length;
      }
      requests.push({ path: request.url ?? '', headers: request.headers, records });
      const answer = () => response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
      if (delayMs > 0) setTimeout(answer, delayMs);
      else answer();
    });
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    logs,
    bodies,
    paths,
    close,
    [Symbol.asyncDispose]: close,
    requests,
    givenUp: () => givenUp,
    mostAtOnce: () => mostAtOnce,
  };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}
