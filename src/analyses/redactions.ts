import { REDACTION_COUNT } from '../core/attributes.ts';
import type { Trace } from '../core/trace.ts';
import type { Finding } from './analysis.ts';
import { redactionMarkersOf } from './facts/redaction-markers.ts';

/** How many values were masked before they were stored, by rule. At most one finding. */
export function redactions(trace: Trace): Finding[] {
  const byRule = redactionMarkersOf(trace);
  const spanIds = trace.spans
    .filter((span) => Number(span.attributes[REDACTION_COUNT]) > 0)
    .map((s) => s.spanId);
  const markers = [...byRule.values()].reduce((sum, each) => sum + each, 0);
  if (markers === 0 && spanIds.length === 0) return [];
  return [
    {
      analysis: 'redactions',
      severity: 'info',
      title: `${markers} masked ${markers === 1 ? 'value' : 'values'}: the original is in no file.`,
      facts: Object.fromEntries(byRule),
      spanIds,
    },
  ];
}
