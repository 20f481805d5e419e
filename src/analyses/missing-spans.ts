import { SPAN_UNFINISHED } from '../core/attributes.ts';
import type { Trace } from '../core/trace.ts';
import type { Finding } from './analysis.ts';

/** Parents that are named but absent, spans that never ended, and what the SDK dropped at its limits. */
export function missingSpans(trace: Trace): Finding[] {
  const findings: Finding[] = [];
  const unfinished = trace.spans.filter((span) => span.attributes[SPAN_UNFINISHED] === true);
  if (unfinished.length > 0) {
    findings.push({
      analysis: 'missing-spans',
      severity: 'problem',
      title: `${spans(unfinished.length)} had not ended when the process died; their end is the time of death.`,
      facts: { unfinishedSpanCount: unfinished.length },
      spanIds: unfinished.map((span) => span.spanId),
    });
  }
  if (trace.missingParents.size > 0) {
    const orphans = trace.spans.filter(
      (span) => span.parentSpanId !== undefined && trace.missingParents.has(span.parentSpanId),
    );
    findings.push({
      analysis: 'missing-spans',
      severity: 'note',
      title:
        `The parents of ${spans(orphans.length)} are not here: another process recorded them elsewhere, ` +
        'they have not ended, or they were lost.',
      facts: { missingParentCount: trace.missingParents.size },
      spanIds: orphans.map((span) => span.spanId),
    });
  }
  const trueRoots = trace.roots.filter((span) => span.parentSpanId === undefined);
  if (trueRoots.length > 1) {
    findings.push({
      analysis: 'missing-spans',
      severity: 'note',
      title: `${spans(trueRoots.length)} began the trace: somewhere on the way the context was lost, or one id was used twice.`,
      facts: { rootCount: trueRoots.length },
      spanIds: trueRoots.map((span) => span.spanId),
    });
  }
  const early = trace.spans.filter((span) => {
    const parent = trace.byId.get(span.parentSpanId ?? '');
    return parent !== undefined && span.startTimeUnixNano < parent.startTimeUnixNano;
  });
  if (early.length > 0) {
    findings.push({
      analysis: 'missing-spans',
      severity: 'info',
      title: `${spans(early.length)} began before the parent did: the clocks of two machines differ.`,
      facts: { skewedSpanCount: early.length },
      spanIds: early.map((span) => span.spanId),
    });
  }
  const cut = trace.spans.filter((span) => span.droppedCount > 0);
  if (cut.length > 0) {
    const droppedCount = cut.reduce((sum, span) => sum + span.droppedCount, 0);
    findings.push({
      analysis: 'missing-spans',
      severity: 'note',
      title: `The SDK dropped attributes, events or links of ${spans(cut.length)} at its limits.`,
      facts: { droppedCount },
      spanIds: cut.map((span) => span.spanId),
    });
  }
  return findings;
}

function spans(count: number): string {
  return count === 1 ? '1 span' : `${count} spans`;
}
