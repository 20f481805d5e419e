import { connect } from 'node:net';
import { Patience } from './patience.ts';
import { type OtlpTarget, otlpHttpSettings, type Signal } from './settings.ts';
import { createTransport } from './transport.ts';

export interface Probe {
  readonly url: string;
  /** Names of the headers that are sent beside the protocol's own. */
  readonly headerNames: readonly string[];
  /** Why it cannot be sent there; undefined when the collector took an empty request. */
  readonly problem: string | undefined;
}

const TIMEOUT_MS = 3_000;
const EMPTY: Readonly<Record<Signal, string>> = {
  traces: '{"resourceSpans":[]}',
  logs: '{"resourceLogs":[]}',
  metrics: '{"resourceMetrics":[]}',
};
const PROTOCOL_HEADERS = new Set(['content-type', 'user-agent']);

/**
 * Sends an empty request as the exporter would, once and with no retries, and waits at most 3 s for the answer. Of
 * gRPC only the connection is tried. Never rejects.
 */
export async function probe(signal: Signal, target: OtlpTarget): Promise<Probe> {
  if (target.protocol === 'grpc') return probeConnection(signal, target);
  let url = target.url ?? '';
  // The transport holds nothing open; this does until the answer is there.
  const hold = setTimeout(() => {}, 2 * TIMEOUT_MS);
  try {
    const settings = otlpHttpSettings(signal, target);
    url = settings.url;
    const headers = Object.keys(await settings.headers());
    const patience = new Patience();
    patience.end();
    const transport = createTransport(settings, patience, () => {});
    const body = target.protocol === 'http/json' ? new TextEncoder().encode(EMPTY[signal]) : new Uint8Array();
    const response = await transport.send(body, TIMEOUT_MS);
    transport.shutdown();
    return {
      url,
      headerNames: headers.filter((name) => !PROTOCOL_HEADERS.has(name.toLowerCase())),
      problem: response.status === 'success' ? undefined : describe(response.error),
    };
  } catch (error) {
    return { url, headerNames: [], problem: describe(error) };
  } finally {
    clearTimeout(hold);
  }
}

async function probeConnection(signal: Signal, target: OtlpTarget): Promise<Probe> {
  const { env } = process;
  const url =
    target.url ??
    env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`] ??
    env.OTEL_EXPORTER_OTLP_ENDPOINT ??
    'http://localhost:4317';
  const headerNames = Object.keys(target.headers ?? {});
  try {
    const { hostname, port, protocol } = new URL(/^\w+:\/\//.test(url) ? url : `http://${url}`);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port) || (protocol === 'https:' ? 443 : 80), hostname);
      socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer')));
      socket.on('error', reject);
      socket.on('connect', () => {
        socket.destroy();
        resolve();
      });
    });
    return { url, headerNames, problem: undefined };
  } catch (error) {
    return { url, headerNames, problem: describe(error) };
  }
}

function describe(error: unknown): string {
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException;
  return code ?? message?.split('\n', 1)[0] ?? 'no answer';
}
