import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { AgentlogError } from '../core/errors.ts';
import { Allowance } from './allowance.ts';
import type { Endpoint } from './endpoint.ts';

/** Answers past this are given up, measured after decompression. */
const ANSWER_LIMIT_BYTES = 64 * 1024 * 1024;
const TRIES = 4;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
const REDIRECT_LIMIT = 3;

export interface HttpAnswer {
  readonly status: number;
  /** Without parameters, lower case; `''` for none. */
  readonly contentType: string;
  readonly body: string;
}

export interface HttpPost {
  readonly contentType: string;
  readonly body: Buffer;
}

/** The head of an answer whose body is still to be read. */
export interface HttpHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/**
 * One backend over HTTP or HTTPS: its headers on every request, one deadline for each request from its first byte to
 * its last, 429, 503 and a broken connection tried again with jitter, answers bounded, redirects only within the same
 * origin (credentials go nowhere else).
 *
 * What fails is an AgentlogError that names the backend and the next step; no text of an answer is in it.
 */
export class HttpClient {
  readonly #endpoint: Endpoint;
  readonly #agent: HttpAgent;
  readonly #limitBytes: number;

  constructor(endpoint: Endpoint, limitBytes: number = ANSWER_LIMIT_BYTES) {
    this.#endpoint = endpoint;
    this.#limitBytes = limitBytes;
    const { ca } = endpoint;
    this.#agent =
      endpoint.url.protocol === 'https:'
        ? new HttpsAgent({ keepAlive: true, ...(ca !== undefined && { ca }) })
        : new HttpAgent({ keepAlive: true });
  }

  /** Asks for `path` below the base address; the parameters are escaped here. Any status is an answer, save 401, 403. */
  async get(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    const query = new URLSearchParams(parameters).toString();
    const url = this.#below(path, query);
    return this.patiently((deadline) => this.#follow(url, undefined, deadline), true);
  }

  async post(path: string, post: HttpPost): Promise<HttpAnswer> {
    const url = this.#below(path, '');
    return this.patiently((deadline) => this.#follow(url, post, deadline), false);
  }

  close(): void {
    this.#agent.destroy();
  }

  #below(path: string, query: string): URL {
    const url = new URL(this.#endpoint.url);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
    url.search = query;
    return url;
  }

  /**
   * The answer to what `send` sends, under the rules of this class, for who speaks through another library. Once the
   * connection broke it is sent again only where `isRead`: a request on its way may have arrived. Each attempt is taken
   * from the allowance that the caller runs in.
   */
  async patiently(send: (deadline: AbortSignal) => Promise<HttpHead>, isRead: boolean): Promise<HttpAnswer> {
    const allowance = Allowance.current;
    const over = allowance === undefined ? [] : [allowance.signal];
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt === TRIES;
      allowance?.take();
      const deadline = AbortSignal.any([AbortSignal.timeout(this.#endpoint.timeoutMs), ...over]);
      try {
        const head = await send(deadline);
        const { status, headers } = head;
        if (isRedirect(head)) {
          head.body.destroy();
          throw this.#failure(
            'it sends its answers from another host, and credentials are not carried there',
            'Name the address that it redirects to.',
          );
        }
        const contentType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
        const answer = { status, contentType, body: await this.#read(head, deadline) };
        const isBusy = status === 429 || status === 503;
        if (isBusy && !isLast) {
          await pause(waitMs(attempt, retryAfter(headers['retry-after'])), allowance);
          continue;
        }
        if (isBusy) throw this.#failure(`it is busy (${status}, ${TRIES} tries)`, BUSY);
        if (status === 401 || status === 403) {
          throw this.#failure(`it refused the credentials (${status})`, this.#endpoint.advice.credentials);
        }
        return answer;
      } catch (error) {
        if (error instanceof AgentlogError) throw error;
        if (allowance?.signal.aborted) allowance.check();
        if (isBroken(error) && isRead && !isLast) await pause(waitMs(attempt, undefined), allowance);
        else throw this.#unreachable(error, deadline.aborted);
      }
    }
  }

  async #follow(start: URL, post: HttpPost | undefined, deadline: AbortSignal): Promise<HttpHead> {
    let url = start;
    for (let count = 0; count <= REDIRECT_LIMIT; count++) {
      const response = await this.#send(url, post, deadline);
      const { statusCode: status = 0, headers } = response;
      const head = { status, headers, body: response };
      if (!isRedirect(head)) return head;
      const { location = '' } = headers;
      const next = URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
      if (next?.origin !== url.origin) return head;
      response.destroy();
      url = next;
    }
    throw this.#failure('it redirects in a circle', 'Check the address.');
  }

  #send(url: URL, post: HttpPost | undefined, signal: AbortSignal): Promise<IncomingMessage> {
    const isTls = url.protocol === 'https:';
    const options: RequestOptions = {
      method: post === undefined ? 'GET' : 'POST',
      agent: this.#agent,
      signal,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'gzip, br',
        ...this.#endpoint.headers,
        ...(post !== undefined && { 'content-type': post.contentType, 'content-length': post.body.length }),
      },
    };
    return new Promise((resolve, reject) => {
      const request = (isTls ? httpsRequest : httpRequest)(url, options, resolve);
      request.on('error', reject);
      request.end(post?.body);
    });
  }

  async #read({ headers, body }: HttpHead, signal: AbortSignal): Promise<string> {
    const encoding = headers['content-encoding'];
    const decoder =
      encoding === 'gzip' ? createGunzip() : encoding === 'br' ? createBrotliDecompress() : undefined;
    const stream = decoder === undefined ? body : body.pipe(decoder);
    // A pipe does not carry an error along.
    body.on('error', (error) => decoder?.destroy(error));
    const abort = (): void => void stream.destroy(signal.reason as Error);
    signal.addEventListener('abort', abort);
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        sizeBytes += chunk.length;
        if (sizeBytes > this.#limitBytes) {
          throw this.#failure(
            `its answer is larger than ${Math.round(this.#limitBytes / 1024 / 1024)} MiB`,
            'Ask for less: a shorter window with --since, a smaller --limit, or a filter.',
          );
        }
        chunks.push(chunk);
      }
    } finally {
      signal.removeEventListener('abort', abort);
      body.destroy();
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  #failure(what: string, next: string): AgentlogError {
    return new AgentlogError('SOURCE_FAILED', `${this.#endpoint.name} could not be asked: ${what}. ${next}`);
  }

  #unreachable(error: unknown, isLate: boolean): AgentlogError {
    const { code = '', message = '' } = error as NodeJS.ErrnoException;
    const { name, timeoutMs } = this.#endpoint;
    const [what, next] = isLate
      ? [`no whole answer within ${timeoutMs / 1000} s`, LATE]
      : whyOf(code, message, this.#endpoint);
    return new AgentlogError('SOURCE_UNREACHABLE', `${name} could not be asked: ${what}. ${next}`, {
      cause: error,
    });
  }
}

const BUSY = 'Wait a minute, or ask for less: a shorter window with --since, a smaller --limit.';
const LATE = 'Ask for less, or raise AGENTLOG_SOURCE_TIMEOUT (milliseconds).';

/** What happened and what to do, by the code of Node's error. */
function whyOf(code: string, message: string, { url, advice }: Endpoint): readonly [string, string] {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (code === 'ECONNREFUSED') {
    return [`nothing listens on port ${port}`, advice.refused];
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return ['the name of its host is unknown', 'Check the address.'];
  }
  if (/WRONG_VERSION_NUMBER|EPROTO|ERR_SSL/.test(code)) {
    return [`port ${port} does not speak TLS`, 'Try http:// in place of https://.'];
  }
  if (/CERT|SIGNATURE|UNABLE_TO/.test(code)) {
    return [
      `its certificate is not trusted (${code})`,
      'Name the certificate of its authority with AGENTLOG_SOURCE_CA, as a PEM file.',
    ];
  }
  if (code.startsWith('HPE_')) {
    return [
      `port ${port} does not speak HTTP`,
      'Check the port; if it speaks TLS, begin the address with https://.',
    ];
  }
  if (code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR') return ['its answer was damaged', 'Try again.'];
  if (code === 'ECONNRESET' || /aborted|socket hang up/.test(message)) {
    return [
      'it broke the connection off',
      'Try again; if it always does, check the port and whether it speaks TLS (https://).',
    ];
  }
  return [code === '' ? 'the request failed' : code, 'Check the address and try again.'];
}

function isRedirect({ status, headers }: HttpHead): boolean {
  return status >= 300 && status < 400 && status !== 304 && headers.location !== undefined;
}

function isBroken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** As long, or until the time of the allowance is over: the next attempt finds it spent. */
async function pause(ms: number, allowance: Allowance | undefined): Promise<void> {
  await sleep(ms, undefined, allowance && { signal: allowance.signal }).catch(() => undefined);
}

/** Between half and the whole of a wait that doubles; at least as long as the backend asks, up to 5 s. */
function waitMs(attempt: number, retryAfterMs: number | undefined): number {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  return Math.max(whole * (0.5 + Math.random() / 2), Math.min(LONGEST_WAIT_MS, retryAfterMs ?? 0));
}

function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : undefined;
}
