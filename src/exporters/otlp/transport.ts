import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Patience } from './patience.ts';
import type { OtlpHttpSettings } from './settings.ts';

/** What upstream's export delegate expects of a transport (`IExporterTransport`). */
export type ExportResponse =
  | { status: 'success'; data?: Uint8Array }
  | { status: 'failure'; error: Error }
  | { status: 'retryable'; retryInMillis?: number; error?: Error };

export interface Transport {
  send(data: Uint8Array, timeoutMs: number): Promise<ExportResponse>;
  shutdown(): void;
}

const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 5_000;
const MAX_RETRIES = 5;
const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;
/** A collector that asks to be left alone for longer is tried again after this. */
const MAX_RETRY_AFTER_MS = 300_000;
/**
 * How long it may take to connect and hand the request over. Until then libuv holds the process open, whatever is
 * unreferenced; afterwards nothing does.
 */
const HANDOVER_MS = 2_000;
/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRYABLE_STATUS = new Set([429, 502, 503, 504]);

const compress = promisify(gzip);

/**
 * Sends one OTLP/HTTP request and retries within its time-out, as the specification says.
 *
 * Ours rather than upstream's because upstream waits for a retry on a timer that holds the process open: a
 * script without a collector would exit ten seconds late. Here no timer and no socket does (FACTS §2).
 * Never rejects. `onTrouble` hears of a first attempt that failed, before the retries.
 */
export function createTransport(
  settings: OtlpHttpSettings,
  patience: Patience,
  onTrouble: (error: Error | undefined) => void,
): Transport {
  let connection: Promise<{ agent: Agent; request: typeof import('node:http').request }> | undefined;
  /** Before this the collector does not want to hear from us, by the clock of `performance.now()`. */
  let notBefore = 0;

  async function connect() {
    const { protocol } = new URL(settings.url);
    const [agent, module] = await Promise.all([
      settings.agentFactory(protocol),
      protocol === 'https:' ? import('node:https') : import('node:http'),
    ]);
    return { agent: agent as Agent, request: module.request as typeof import('node:http').request };
  }

  async function attempt(data: Uint8Array, timeoutMs: number): Promise<ExportResponse> {
    try {
      connection ??= connect();
      const { agent, request } = await connection;
      const headers: Record<string, string> = { ...(await settings.headers()) };
      let body = data;
      if (settings.compression === 'gzip') {
        body = await compress(data);
        headers['content-encoding'] = 'gzip';
      }
      headers['content-length'] = String(body.byteLength);
      return await exchange(
        request(settings.url, { method: 'POST', headers, agent }),
        body,
        timeoutMs,
        patience,
      );
    } catch (error) {
      connection = undefined;
      return { status: 'failure', error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  /** Waits until the collector may be tried again; false when that is not before the deadline. */
  async function isWelcome(deadline: number): Promise<boolean> {
    const waitMs = notBefore - performance.now();
    if (waitMs <= 0 || patience.isOver) return true;
    if (notBefore >= deadline) return false;
    await patience.wait(waitMs);
    return true;
  }

  return {
    async send(data, timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      if (!(await isWelcome(deadline)) || patience.isAbandoned) {
        return { status: 'failure', error: new Error('not sent: there is no time') };
      }
      let response = await attempt(data, deadline - performance.now());
      if (response.status !== 'success') onTrouble(response.error);
      for (let retry = 0; response.status === 'retryable' && retry < MAX_RETRIES; retry++) {
        const waitMs = response.retryInMillis ?? backoffMs(retry);
        if (response.retryInMillis !== undefined) {
          notBefore = performance.now() + Math.min(waitMs, MAX_RETRY_AFTER_MS);
        }
        if (performance.now() + waitMs >= deadline) break;
        await patience.wait(waitMs);
        if (patience.isOver) break;
        response = await attempt(data, deadline - performance.now());
      }
      return response;
    },
    shutdown() {
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
  return new Promise((resolve) => {
    const giveUp = (why: string) => {
      settle({ status: 'retryable', error: new Error(why) });
      request.destroy();
    };
    const after = (ms: number, what: string) =>
      setTimeout(() => giveUp(`${what} within ${Math.round(ms)} ms`), ms).unref();
    const timer = after(timeoutMs, 'no answer');
    const handover = timeoutMs > HANDOVER_MS ? after(HANDOVER_MS, 'not taken') : undefined;
    const release = patience.hold(() => giveUp('no answer until the process ended'));
    const settle = (response: ExportResponse) => {
      clearTimeout(timer);
      clearTimeout(handover);
      release();
      resolve(response);
    };
    request.on('socket', (socket) => socket.unref());
    request.on('finish', () => clearTimeout(handover));
    request.on('error', (error: NodeJS.ErrnoException) => {
      settle({ status: isPassing(error) ? 'retryable' : 'failure', error });
    });
    request.on('response', (response) => readResponse(response, settle));
    request.end(body);
  });
}

/** A fault of the network, not of the certificate or the protocol, which no second try heals. */
function isPassing({ code }: NodeJS.ErrnoException): boolean {
  return code !== undefined && /^E[A-Z_]+$/.test(code) && code !== 'EPROTO' && !code.startsWith('ERR_');
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
  response.on('close', () => settle(outcome(status, response, Buffer.concat(chunks))));
}

function outcome(status: number, response: IncomingMessage, data: Buffer): ExportResponse {
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
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(waitMs) && waitMs >= 0 ? waitMs : undefined;
}

function backoffMs(retry: number): number {
  const jitter = 0.8 + Math.random() * 0.4;
  return Math.min(FIRST_BACKOFF_MS * 1.5 ** retry, MAX_BACKOFF_MS) * jitter;
}
