import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { aside } from './aside.ts';

/** What a job of the app threw, on its span: the exception, and the status it makes. Never throws. */
export function recordFailure(span: Span, error: unknown): void {
  aside(() => {
    span.recordException(error as Error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: String((error as Error)?.message ?? error) });
  });
}
