// Throws synchronously inside spans, in the way APP_END names; prints the trace that the crash belongs to.
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('app');
const end = process.env.APP_END;

/** Calls `work` in a trace of its own. */
const traced = (work) =>
  tracer.startActiveSpan('work', {}, ROOT_CONTEXT, (span) => work(span.spanContext().traceId));
const fail = () => {
  throw new RangeError('declined');
};
const failHere = (traceId) => {
  console.log(traceId);
  fail();
};

if (end === 'loading') traced(failHere);
else if (end === 'inner') setTimeout(() => traced(() => traced(failHere)), 1);
else if (end === 'after a caught one') {
  setTimeout(() => {
    try {
      traced(fail);
    } catch {}
    traced((traceId) => {
      console.log(traceId);
      Promise.reject(new RangeError('declined'));
    });
    try {
      traced(fail);
    } catch {}
  }, 1);
} else if (end === 'a turn after a caught one') {
  setTimeout(() => {
    try {
      traced(fail);
    } catch {}
    setTimeout(() => {
      console.log('a trace of its own');
      fail();
    }, 1);
  }, 1);
}
