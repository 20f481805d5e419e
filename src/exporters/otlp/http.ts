import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { wallClock } from '../../core/natives.ts';
import { beginExchange, type ExportResponse, isPassing, type Link, ownHeaders, userAgent } from './link.ts';
import type { Patience } from './patience.ts';
import { type OtlpTarget, otlpHttpSettings, type Signal } from './settings.ts';

const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;
/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRYABLE_STATUS = new Set([429, 502, 503, 504]);

const compress = promisify(gzip);

/**
 * Speaks OTLP/HTTP to one collector.
 * @throws for a URL or a certificate that cannot be read.
 */
export function httpLink(signal: Signal, target: OtlpTarget, patience: Patience): Link {
  const settings = otlpHttpSettings(signal, target);
  let connection: Promise<{ agent: Agent; request: typeof import('node:http').request }> | undefined;

  async function connect() {
    const { protocol } = new URL(settings.url);
    const { request } = await (protocol === 'https:' ? import('node:https') : import('node:http'));
    const agent = (await settings.agentFactory(protocol)) as Agent;
    return { agent, request: request as typeof import('node:http').request };
  }

  return {
    url: settings.url,
    timeoutMs: settings.timeoutMillis,
    headerNames: async () => ownHeaders(await settings.headers()),
    async attempt(data, timeoutMs) {
      try {
        connection ??= connect();
        const { agent, request } = await connection;
        const headers: Record<string, string> = { 'User-Agent': userAgent(), ...(await settings.headers()) };
        let body = data;
        if (settings.compression === 'gzip') {
          body = await compress(data);
          headers['content-encoding'] = 'gzip';
        }
        headers['content-length'] = String(body.byteLength);
        const post = request(settings.url, { method: 'POST', headers, agent });
        return await exchange(post, body, timeoutMs, patience);
      } catch (error) {
        connection = undefined;
        return { status: 'failure', error: error instanceof Error ? error : new Error(String(error)) };
      }
    },
    close() {
      connection?.then(({ agent }) => agent.destroy()).catch(() => {});
    },
  };
}

function exchange(
  request: ClientRequest,
  body: Uint8Array,
  timeoutMs: number,
  patience: Patience,
): Promise<ExportResponse> {
  const { outcome, settle, handedOver } = beginExchange(timeoutMs, patience, () => request.destroy());
  request.on('socket', (socket) => socket.unref());
  request.on('finish', handedOver);
  request.on('error', (error: NodeJS.ErrnoException) => {
    settle({ status: isPassing(error) ? 'retryable' : 'failure', error });
  });
  request.on('response', (response) => readResponse(response, settle));
  request.end(body);
  return outcome;
}

function readResponse(response: IncomingMessage, settle: (response: ExportResponse) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const status = response.statusCode ?? 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_RESPONSE_BYTES) chunks.push(chunk);
    else response.destroy();
  });
  response.on('close', () => settle(judge(status, response, Buffer.concat(chunks))));
}

function judge(status: number, response: IncomingMessage, data: Buffer): ExportResponse {
  if (status >= 200 && status < 300) return { status: 'success', data };
  const error = new Error(`HTTP ${status}`);
  if (!RETRYABLE_STATUS.has(status)) return { status: 'failure', error };
  const retryInMillis = retryAfterMs(response.headers['retry-after']);
  return { status: 'retryable', error, ...(retryInMillis === undefined ? {} : { retryInMillis }) };
}

/** `Retry-After` as seconds or as a date. */
function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - wallClock();
  return Number.isFinite(waitMs) && waitMs >= 0 ? waitMs : undefined;
}
