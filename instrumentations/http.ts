import type { Span } from '@opentelemetry/api';
import { HttpInstrumentation as Upstream } from '@opentelemetry/instrumentation-http';
import { CLIENT_CLOSED_REQUEST } from '../src/core/attributes.ts';

interface ServerResponse {
  readonly headersSent?: unknown;
  readonly writableFinished?: unknown;
}

/** What sees an answer that ended, for the span and for the metric; private there. */
interface Patches {
  _onServerResponseFinish(
    request: object,
    response: ServerResponse,
    span: Span,
    metricAttributes: object,
    startTime: unknown,
  ): void;
}

const Base = Upstream as unknown as new (config?: object) => Patches;

/** Upstream's, for which what Node never sent is no answer: it records the 200 that a response begins with. */
export class HttpInstrumentation extends Base {
  override _onServerResponseFinish(
    ...[request, response, ...rest]: Parameters<Patches['_onServerResponseFinish']>
  ): void {
    const isAnswered = response.headersSent !== false || response.writableFinished !== false;
    const answer = isAnswered ? response : withStatus(response, CLIENT_CLOSED_REQUEST);
    super._onServerResponseFinish(request, answer, ...rest);
  }
}

/** The app's own response stays as it is. */
function withStatus(response: ServerResponse, statusCode: number): ServerResponse {
  return Object.create(response, { statusCode: { value: statusCode } });
}
