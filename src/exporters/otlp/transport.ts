import { clock } from '../../core/natives.ts';
import type { ExportResponse, Link } from './link.ts';
import type { Patience } from './patience.ts';

export interface Transport {
  send(data: Uint8Array, timeoutMs: number): Promise<ExportResponse>;
  shutdown(): void;
}

const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 5_000;
const MAX_RETRIES = 5;
/** A collector that asks to be left alone for longer is tried again after this. */
const MAX_RETRY_AFTER_MS = 300_000;

/**
 * Sends one OTLP request and retries within its time-out, as the specification says.
 *
 * Ours rather than upstream's because upstream waits for a retry on a timer that holds the process open: a
 * script without a collector would exit ten seconds late. Here no timer and no socket does (FACTS §2).
 * Never rejects. `onTrouble` hears of a first attempt that failed, before the retries.
 */
export function createTransport(
  link: Link,
  patience: Patience,
  onTrouble: (error: Error | undefined) => void,
): Transport {
  /** Before this the collector does not want to hear from us, by the clock of `clock()`. */
  let notBefore = 0;

  /** Waits until the collector may be tried again; false when that is not before the deadline. */
  async function isWelcome(deadline: number): Promise<boolean> {
    const waitMs = notBefore - clock();
    if (waitMs <= 0 || patience.isOver) return true;
    if (notBefore >= deadline) return false;
    await patience.wait(waitMs);
    return true;
  }

  return {
    async send(data, timeoutMs) {
      const deadline = clock() + timeoutMs;
      if (!(await isWelcome(deadline)) || patience.isAbandoned) {
        return { status: 'failure', error: new Error('not sent: there is no time') };
      }
      let response = await link.attempt(data, deadline - clock());
      if (response.status !== 'success') onTrouble(response.error);
      for (let retry = 0; response.status === 'retryable' && retry < MAX_RETRIES; retry++) {
        const waitMs = response.retryInMillis ?? backoffMs(retry);
        if (response.retryInMillis !== undefined) {
          notBefore = clock() + Math.min(waitMs, MAX_RETRY_AFTER_MS);
        }
        if (clock() + waitMs >= deadline) break;
        await patience.wait(waitMs);
        if (patience.isOver) break;
        response = await link.attempt(data, deadline - clock());
      }
      return response;
    },
    shutdown: () => link.close(),
  };
}

function backoffMs(retry: number): number {
  const jitter = 0.8 + Math.random() * 0.4;
  return Math.min(FIRST_BACKOFF_MS * 1.5 ** retry, MAX_BACKOFF_MS) * jitter;
}
