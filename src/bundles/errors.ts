import { type ExceptionFact, exceptionsOf } from '../analyses/facts/exceptions.ts';
import { STATUS_CODE } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { BundleError } from './bundle.ts';

/**
 * The distinct exceptions of a trace, each with the spans that recorded it: those of `originSpanId` first, the others
 * in order of appearance. Never throws.
 */
export function errorsOf(trace: Trace, originSpanId: string | undefined): BundleError[] {
  const errors = new Map<string, BundleError & { readonly spanIds: string[] }>();
  for (const span of trace.spans) {
    const logs = trace.logsOf(span);
    const isClean = span.status.code !== STATUS_CODE.error && span.events.length === 0 && logs.length === 0;
    if (isClean) continue;
    for (const exception of exceptionsOf(span, logs)) {
      if (isOnlyAStatus(exception)) continue;
      const key = JSON.stringify([
        exception.type,
        exception.message,
        exception.origin?.file,
        exception.origin?.line,
      ]);
      const known = errors.get(key);
      if (known === undefined) errors.set(key, { ...exception, spanIds: [span.spanId] });
      else known.spanIds.push(span.spanId);
    }
  }
  const isOrigin = (error: BundleError): number => Number(error.spanIds.includes(originSpanId ?? ''));
  return [...errors.values()].sort((a, b) => isOrigin(b) - isOrigin(a));
}

/** A failed HTTP span that knows no more than its status code; the tree says that already. */
function isOnlyAStatus({ type, message, frames }: ExceptionFact): boolean {
  return message === '' && frames.length === 0 && /^\d*$/.test(type);
}
