import { type Span, STATUS_CODE } from '../../core/span.ts';
import type { Trace } from '../../core/trace.ts';
import { type ExceptionFact, exceptionsOf } from './exceptions.ts';

/** An exception and the span that tells it. */
export interface Telling {
  readonly span: Span;
  readonly exception: ExceptionFact;
}

/**
 * What spans tell that are not marked as failed, by the id of the failed span above them: a framework's handler of
 * errors takes an exception, logs it and answers with 500. Of several it is the one that most spans tell, passed on from
 * one to the next; of these the one that ended last, told by the innermost.
 */
export function unmarkedFailures(
  trace: Trace,
  failedAbove: (span: Span) => Span | undefined,
  minSeverity: number,
): Map<string, Telling> {
  const tellings = new Map<string, { by: string; all: [Telling, ...Telling[]] }>();
  for (const span of trace.spans) {
    const by = span.status.code === STATUS_CODE.error ? undefined : failedAbove(span)?.spanId;
    if (by === undefined) continue;
    const errors = trace.logsOf(span).filter(({ severityNumber }) => severityNumber >= minSeverity);
    for (const exception of exceptionsOf(span, errors)) {
      const key = `${by}\n${exception.type}\n${exception.message}`;
      const told = tellings.get(key);
      if (told === undefined) tellings.set(key, { by, all: [{ span, exception }] });
      else told.all.push({ span, exception });
    }
  }
  const ordered = [...tellings.values()].sort(
    (a, b) =>
      a.all.length - b.all.length || Number(a.all[0].span.endTimeUnixNano - b.all[0].span.endTimeUnixNano),
  );
  return new Map(ordered.map(({ by, all }) => [by, all.at(-1) ?? all[0]]));
}
