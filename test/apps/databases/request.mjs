import { SpanKind, trace } from '@opentelemetry/api';

/** Runs `work` as an incoming request of that name. */
export function request(name, work) {
  return trace.getTracer('app').startActiveSpan(name, { kind: SpanKind.SERVER }, async (span) => {
    try {
      return await work();
    } finally {
      span.end();
    }
  });
}
