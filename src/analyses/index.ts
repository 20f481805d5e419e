import type { Trace } from '../core/trace.ts';
import type { Analysis, Finding, Severity } from './analysis.ts';
import { errorOrigin } from './error-origin.ts';
import { genaiUsage } from './genai-usage.ts';
import { missingSpans } from './missing-spans.ts';
import { nPlusOne } from './n-plus-one.ts';
import { redactions } from './redactions.ts';

/** Every analysis by name, in the order of reports. A new one is a file in this folder and a line here. */
export const analyses: Readonly<Record<string, Analysis>> = {
  'error-origin': errorOrigin,
  'n-plus-one': nPlusOne,
  'genai-usage': genaiUsage,
  'missing-spans': missingSpans,
  redactions,
};

const RANK: Record<Severity, number> = { problem: 0, note: 1, info: 2 };

/** What all analyses find in a trace, problems first; within a severity in the order of {@link analyses}. Never throws. */
export function analyse(trace: Trace): Finding[] {
  const findings = Object.values(analyses).flatMap((analysis) => analysis(trace));
  return findings.sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}
