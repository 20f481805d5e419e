import { AgentlogError } from '../../core/errors.ts';
import { logsRequest, spansRequest } from '../../core/otlp/requests.ts';
import type { LogRecord, Span } from '../../core/span.ts';
import { receiverEndpoint } from '../../sources/endpoint.ts';
import { type HttpAnswer, HttpClient } from '../../sources/http-client.ts';

/**
 * Sends requests to an OTLP/HTTP receiver, one after the other. A request is repeated when the receiver says that it is
 * busy, never when its answer was lost: it may have arrived.
 */
export class OtlpSender {
  readonly name: string;
  /** Records that the receiver took and threw away. */
  rejectedCount = 0;
  hasRefusedLogs = false;
  readonly #http: HttpClient;

  /** @throws AgentlogError USAGE for what is no address. */
  constructor(to: string, env: NodeJS.ProcessEnv) {
    const endpoint = receiverEndpoint(to, env);
    this.name = endpoint.name;
    this.#http = new HttpClient(endpoint);
  }

  /** @throws AgentlogError SOURCE_FAILED, SOURCE_UNREACHABLE. */
  async sendSpans(spans: readonly Span[]): Promise<void> {
    await this.#send('/v1/traces', spansRequest(spans));
  }

  /** False when this receiver knows no log records: Jaeger and Tempo take traces alone. */
  async sendLogs(logs: readonly LogRecord[]): Promise<boolean> {
    if (!this.hasRefusedLogs) this.hasRefusedLogs = !(await this.#send('/v1/logs', logsRequest(logs), true));
    return !this.hasRefusedLogs;
  }

  close(): void {
    this.#http.close();
  }

  async #send(path: string, request: object, mayBeUnknown = false): Promise<boolean> {
    const body = Buffer.from(JSON.stringify(request));
    const answer = await this.#http.post(path, { contentType: 'application/json', body });
    if (answer.status === 404 && mayBeUnknown) return false;
    if (answer.status < 200 || answer.status > 299) {
      const next =
        answer.status === 404
          ? 'Is this the address of an OTLP/HTTP receiver (port 4318), without /v1/traces?'
          : 'Look at its log; what was sent so far is remembered.';
      throw new AgentlogError('SOURCE_FAILED', `${this.name} refused a request (${answer.status}). ${next}`);
    }
    this.rejectedCount += rejectedIn(answer);
    return true;
  }
}

function rejectedIn({ body }: HttpAnswer): number {
  try {
    const { partialSuccess } = JSON.parse(body) as {
      partialSuccess?: { rejectedSpans?: unknown; rejectedLogRecords?: unknown };
    };
    const count = Number(partialSuccess?.rejectedSpans ?? partialSuccess?.rejectedLogRecords ?? 0);
    return Number.isSafeInteger(count) ? count : 0;
  } catch {
    return 0;
  }
}
