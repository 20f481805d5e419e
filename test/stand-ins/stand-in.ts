import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Json = Record<string, unknown>;

/** A provider's API on loopback; no key, no network. */
export interface StandIn {
  readonly url: string;
  readonly port: number;
  /** The bodies that came for each model, oldest first. */
  readonly requests: Map<string, Json[]>;
  close(): Promise<void>;
}

export interface Received {
  readonly model: string;
  readonly path: string;
  readonly body: Json;
  /** How many requests came for this model, this one included. */
  readonly count: number;
}

/** Starts a server that reads JSON, notes it by model and leaves the answer to `answer`. */
export async function startStandIn(
  modelOf: (path: string, body: Json) => string,
  answer: (received: Received, response: ServerResponse) => void,
): Promise<StandIn> {
  const requests = new Map<string, Json[]>();
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(request.url ?? '/');
    const text = await bodyOf(request);
    const body = (text === '' ? {} : JSON.parse(text)) as Json;
    const model = modelOf(path, body);
    const seen = requests.get(model) ?? [];
    requests.set(model, [...seen, body]);
    answer({ model, path, body, count: seen.length + 1 }, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendJson(
  response: ServerResponse,
  body: Json,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_1', ...headers });
  response.end(JSON.stringify(body));
}

/** Server-sent events, each with its `type` as its name if it has one. */
export function startEvents(response: ServerResponse): (data: Json) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_1' });
  return (data) => {
    const event = typeof data.type === 'string' ? `event: ${data.type}\n` : '';
    response.write(`${event}data: ${JSON.stringify(data)}\n\n`);
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let all = '';
  for await (const part of request) all += part;
  return all;
}
