import { outsideCallOf } from '../../analyses/facts/calls.ts';
import { mainRoot } from '../../analyses/facts/main-root.ts';
import { MOMENT_NANOS } from '../../analyses/facts/moment.ts';
import { HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE, SERVICE_NAME } from '../../core/attributes.ts';
import { SPAN_KIND, type Span, STATUS_CODE } from '../../core/span.ts';
import type { Trace } from '../../core/trace.ts';
import type { Hypothesis } from './hypothesis.ts';
import type { Known } from './known.ts';

const EVIDENCE = 20;

/** Faults that no span tells as one: each went through. */
export function quietHypotheses({ trace, outcome }: Known): Hypothesis[] {
  // What failed leaves calls behind that nobody waits for any more.
  return [...resent(trace), ...(outcome === 'failed' ? [] : unawaited(trace))];
}

/** A write that was sent once more after nobody knew what came of the first time. */
function resent(trace: Trace): Hypothesis[] {
  const lost = new Map<string, Span>();
  for (const span of trace.spans) {
    const { attributes, status, kind } = span;
    const method = attributes[HTTP_REQUEST_METHOD] ?? attributes['http.method'];
    const call =
      kind === SPAN_KIND.client && /^(?:POST|PATCH)$/.test(String(method)) ? outsideCallOf(span) : undefined;
    if (call === undefined) continue;
    const first = lost.get(call.key);
    if (first !== undefined && first.endTimeUnixNano <= span.startTimeUnixNano)
      return [
        {
          rule: 'resent-write',
          claim:
            'A request that changes something was sent again although nobody knew what came of the first: the other side may have done it twice. Send both with one idempotency key, or ask what was done before sending again.',
          confidence: 'medium',
          facts: { call: call.name },
          evidence: [first.spanId, span.spanId],
          refutedBy:
            'Both carry the same idempotency key and the other side heeds it, or the first one never arrived.',
        },
      ];
    const isUnknown =
      status.code === STATUS_CODE.error && attributes[HTTP_RESPONSE_STATUS_CODE] === undefined;
    if (isUnknown && first === undefined) lost.set(call.key, span);
  }
  return [];
}

/** Calls of the process that answered, which ended after its answer. */
function unawaited(trace: Trace): Hypothesis[] {
  const root = mainRoot(trace);
  if (root === undefined || root.kind !== SPAN_KIND.server) return [];
  const late = trace.spans.filter(
    (span) =>
      span.endTimeUnixNano > root.endTimeUnixNano + MOMENT_NANOS &&
      outsideCallOf(span) !== undefined &&
      span.resource.attributes[SERVICE_NAME] === root.resource.attributes[SERVICE_NAME] &&
      span.resource.attributes['process.pid'] === root.resource.attributes['process.pid'],
  );
  if (late.length === 0) return [];
  const end = late.reduce((max, span) => (span.endTimeUnixNano > max ? span.endTimeUnixNano : max), 0n);
  return [
    {
      rule: 'unawaited-work',
      claim:
        'These calls still ran when the answer was out: nobody waited for them (a promise without `await`, `forEach` with an async function, work for the background). The answer, and what was stored for it, may lack what they bring, and nobody hears of their failures.',
      confidence: 'low',
      facts: { callCount: late.length, overrunMs: Number(end - root.endTimeUnixNano) / 1e6 },
      evidence: late.slice(0, EVIDENCE).map(({ spanId }) => spanId),
      refutedBy: 'They are meant to run in the background, and the answer needs nothing of them.',
    },
  ];
}
