import type { Span } from '@opentelemetry/api';
import { CLIENT_CLOSED_REQUEST, HTTP_RESPONSE_STATUS_CODE } from '../src/core/attributes.ts';
import { httpHooks as genAiHooks } from './genai-http/hooks.ts';

interface ServerResponse {
  readonly headersSent?: unknown;
  readonly writableFinished?: unknown;
}

/** What Node never sent is no answer: upstream writes the 200 that a response begins with. */
function applyCustomAttributesOnSpan(span: Span, _request: unknown, response: ServerResponse): void {
  if (response.headersSent === false && response.writableFinished === false)
    span.setAttribute(HTTP_RESPONSE_STATUS_CODE, CLIENT_CLOSED_REQUEST);
}

/** `node:http` and `node:https`: calls of models, and requests that nobody answered. */
export const httpHooks: typeof genAiHooks & {
  readonly applyCustomAttributesOnSpan: typeof applyCustomAttributesOnSpan;
} = Object.assign({ applyCustomAttributesOnSpan }, genAiHooks);
