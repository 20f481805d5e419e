import { createLink } from './create-link.ts';
import { Patience } from './patience.ts';
import type { OtlpTarget, Signal } from './settings.ts';
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

/**
 * Sends an empty request as the exporter would, once and with no retries, and waits at most 3 s for the answer.
 * Never rejects.
 */
export async function probe(signal: Signal, target: OtlpTarget): Promise<Probe> {
  let url = target.url ?? '';
  // The transport holds nothing open; this does until the answer is there.
  const hold = setTimeout(() => {}, 2 * TIMEOUT_MS);
  try {
    const patience = new Patience();
    patience.end();
    const link = createLink(signal, target, patience);
    url = link.url;
    const headerNames = await link.headerNames();
    const transport = createTransport(link, patience, () => {});
    const body = target.protocol === 'http/json' ? new TextEncoder().encode(EMPTY[signal]) : new Uint8Array();
    const response = await transport.send(body, TIMEOUT_MS);
    transport.shutdown();
    return {
      url,
      headerNames,
      problem: response.status === 'success' ? undefined : describe(response.error),
    };
  } catch (error) {
    return { url, headerNames: [], problem: describe(error) };
  } finally {
    clearTimeout(hold);
  }
}

function describe(error: unknown): string {
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException;
  return code ?? message?.split('\n', 1)[0] ?? 'no answer';
}
