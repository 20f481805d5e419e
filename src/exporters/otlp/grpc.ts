import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import type { Agent } from 'node:https';
import { connect as connectSocket, isIP, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import {
  beginExchange,
  type Exchange,
  type ExportResponse,
  isPassing,
  type Link,
  ownHeaders,
  userAgent,
} from './link.ts';
import type { Patience } from './patience.ts';
import { grpcAddress, type OtlpTarget, otlpHttpSettings, type Signal } from './settings.ts';

const SERVICES = { traces: 'trace.v1.Trace', logs: 'logs.v1.Logs', metrics: 'metrics.v1.Metrics' } as const;
/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const STATUS_NAMES =
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'.split(
    ' ',
  );
/** https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-response; RESOURCE_EXHAUSTED only with details we do not read. */
const RETRYABLE = /^(?:CANCELLED|DEADLINE_EXCEEDED|ABORTED|OUT_OF_RANGE|UNAVAILABLE|DATA_LOSS)$/;
/** The connection is gone or the call refused; a new one may fare better. */
const OVER = /^ERR_HTTP2_(?:GOAWAY_SESSION|INVALID_SESSION|STREAM_CANCEL|STREAM_ERROR)$/;
const FRAME_HEAD_BYTES = 5;
const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;

const compress = promisify(gzip);

interface Connection {
  readonly session: ClientHttp2Session;
  /** Ends it and every call on it. */
  stop(): void;
}

/**
 * Speaks OTLP/gRPC to one collector: unary calls over Node's own HTTP/2.
 *
 * Ours rather than `@grpc/grpc-js` because its calls hold the process open until their deadline: with a collector
 * that accepts and never answers 10 s for each batch. Settings are those that upstream reads. No proxies.
 * @throws for a URL or a certificate that cannot be read.
 */
export function grpcLink(signal: Signal, target: OtlpTarget, patience: Patience): Link {
  const { url, socketPath } = grpcAddress(signal, target);
  // Time-out, compression, headers and certificates have the same variables for both protocols.
  const settings = otlpHttpSettings(signal, { ...target, url });
  let connection: Promise<Connection> | undefined;

  async function open(): Promise<Connection> {
    const [{ connect }, socket] = await Promise.all([import('node:http2'), dial()]);
    const session = connect(url, { createConnection: () => socket });
    const forget = () => {
      connection = undefined;
    };
    // Every call under way hears of an error itself.
    session.on('error', forget).on('close', forget).on('goaway', forget).unref();
    const stop = () => {
      forget();
      session.destroy();
      // A session that is destroyed while it connects leaves its socket.
      socket.destroy();
    };
    return { session, stop };
  }

  async function dial(): Promise<Socket> {
    if (socketPath !== undefined) return connectSocket(socketPath);
    const { hostname, port, protocol } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    if (protocol === 'http:') return connectSocket(Number(port || 80), host);
    const [tls, agent] = await Promise.all([import('node:tls'), settings.agentFactory('https:')]);
    const { ca, cert, key } = (agent as Agent).options;
    const servername = isIP(host) ? {} : { servername: host };
    return tls.connect({
      host,
      port: Number(port || 443),
      ...servername,
      ALPNProtocols: ['h2'],
      ca,
      cert,
      key,
    });
  }

  return {
    url,
    timeoutMs: settings.timeoutMillis,
    headerNames: async () => ownHeaders(await settings.headers()),
    async attempt(data, timeoutMs) {
      try {
        const isCompressed = settings.compression === 'gzip';
        const body = frame(isCompressed ? await compress(data) : data, isCompressed);
        const added = Object.entries(await settings.headers()).map(([name, value]) => [
          name.toLowerCase(),
          value,
        ]);
        connection ??= open();
        const { session, stop } = await connection;
        const call = session.request({
          'user-agent': userAgent(),
          ...Object.fromEntries(added),
          ':method': 'POST',
          ':path': `/opentelemetry.proto.collector.${SERVICES[signal]}Service/Export`,
          'content-type': 'application/grpc',
          te: 'trailers',
          'grpc-timeout': `${Math.ceil(timeoutMs)}m`,
          ...(isCompressed && { 'grpc-encoding': 'gzip' }),
        });
        return await exchange(call, body, beginExchange(timeoutMs, patience, stop));
      } catch (error) {
        connection = undefined;
        return { status: 'failure', error: error instanceof Error ? error : new Error(String(error)) };
      }
    },
    close() {
      connection?.then(({ stop }) => stop()).catch(() => {});
    },
  };
}

/** https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md: a flag, the length, the message. */
function frame(message: Uint8Array, isCompressed: boolean): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt8(isCompressed ? 1 : 0, 0);
  head.writeUInt32BE(message.byteLength, 1);
  return Buffer.concat([head, message]);
}

function exchange(
  call: ClientHttp2Stream,
  body: Buffer,
  { outcome, settle, handedOver }: Exchange,
): Promise<ExportResponse> {
  let status: string | undefined;
  const readStatus = (headers: IncomingHttpHeaders & { ':status'?: number }) => {
    const code = headers['grpc-status'];
    if (code !== undefined) status = STATUS_NAMES[Number(code)] ?? `status ${Number(code)}`;
    else if (headers[':status'] !== undefined && headers[':status'] !== 200)
      status = `HTTP ${headers[':status']}`;
  };
  let size = 0;
  call.on('finish', handedOver);
  call.on('response', readStatus);
  call.on('trailers', readStatus);
  call.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_RESPONSE_BYTES) call.close();
  });
  call.on('error', (error: NodeJS.ErrnoException) => {
    const cause = (error.cause ?? error) as NodeJS.ErrnoException;
    const isOver = OVER.test(cause.code ?? '');
    settle({ status: isOver || isPassing(cause) ? 'retryable' : 'failure', error: cause });
  });
  call.on('close', () => settle(judge(status)));
  call.end(body);
  return outcome;
}

function judge(status: string | undefined): ExportResponse {
  if (status === 'OK') return { status: 'success' };
  if (status === undefined) return { status: 'retryable', error: new Error('closed without an answer') };
  const error = new Error(status.startsWith('HTTP') ? status : `gRPC ${status}`);
  return { status: RETRYABLE.test(status) ? 'retryable' : 'failure', error };
}
