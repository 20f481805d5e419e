import { clearTimeout, setTimeout } from '../../core/natives.ts';
import { toolVersion } from '../../core/tool-version.ts';
import type { Patience } from './patience.ts';

/** What upstream's export delegate expects of a transport (`IExporterTransport`). */
export type ExportResponse =
  | { status: 'success'; data?: Uint8Array }
  | { status: 'failure'; error: Error }
  | { status: 'retryable'; retryInMillis?: number; error?: Error };

/** The way to one collector, over HTTP or gRPC. Nothing of it holds the process open for longer than a handover. */
export interface Link {
  readonly url: string;
  readonly timeoutMs: number;
  /** Names of the headers that are sent beside the protocol's own. Rejects with what reading them throws. */
  headerNames(): Promise<string[]>;
  /** One request, with no retries. Never rejects. */
  attempt(data: Uint8Array, timeoutMs: number): Promise<ExportResponse>;
  close(): void;
}

/** A request under way, by whatever protocol. */
export interface Exchange {
  readonly outcome: Promise<ExportResponse>;
  /** Settles the outcome; the first one counts. */
  settle(response: ExportResponse): void;
  /** The request has left: from now on nothing holds the process open. */
  handedOver(): void;
}

/**
 * How long it may take to connect and hand the request over. Until then libuv holds the process open, whatever is
 * unreferenced; afterwards nothing does.
 */
const HANDOVER_MS = 2_000;

const PROTOCOL_HEADERS = new Set(['content-type', 'user-agent']);

/** Bounds a request: by its time-out, by the time to hand it over, and by the end of the process. `stop` ends it. */
export function beginExchange(timeoutMs: number, patience: Patience, stop: () => void): Exchange {
  let resolve: (response: ExportResponse) => void;
  const outcome = new Promise<ExportResponse>((done) => {
    resolve = done;
  });
  const giveUp = (why: string) => {
    settle({ status: 'retryable', error: new Error(why) });
    stop();
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
  return { outcome, settle, handedOver: () => clearTimeout(handover) };
}

/** A fault of the network, not of the certificate or the protocol, which no second try heals. */
export function isPassing({ code }: NodeJS.ErrnoException): boolean {
  return code !== undefined && /^E[A-Z_]+$/.test(code) && code !== 'EPROTO' && !code.startsWith('ERR_');
}

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#user-agent */
export function userAgent(): string {
  agent ??= `agentlog-otel/${toolVersion()}`;
  return agent;
}

let agent: string | undefined;

/** What a user adds to a request. */
export function ownHeaders(headers: Readonly<Record<string, string>>): string[] {
  return Object.keys(headers).filter((name) => !PROTOCOL_HEADERS.has(name.toLowerCase()));
}
