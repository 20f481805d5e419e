import type { Trace } from '../core/trace.ts';
import type { Analysis, Finding, History, Severity } from './analysis.ts';
import { criticalPath } from './critical-path.ts';
import { errorOrigin } from './error-origin.ts';
import { fanOut } from './fan-out.ts';
import { genaiUsage } from './genai-usage.ts';
import { missingSpans } from './missing-spans.ts';
import { nPlusOne } from './n-plus-one.ts';
import { redactions } from './redactions.ts';
import { retryStorm } from './retry-storm.ts';
import { selfTime } from './self-time.ts';
import { slowSpans } from './slow-spans.ts';
import { timeoutCascade } from './timeout-cascade.ts';

/** Every analysis by name, in the order of reports. A new one is a file in this folder and a line here. */
export const analyses: Readonly<Record<string, Analysis>> = {
  'error-origin': errorOrigin,
  'timeout-cascade': timeoutCascade,
  'retry-storm': retryStorm,
  'n-plus-one': nPlusOne,
  'slow-spans': slowSpans,
  'fan-out': fanOut,
  'critical-path': criticalPath,
  'self-time': selfTime,
  'genai-usage': genaiUsage,
  'missing-spans': missingSpans,
  redactions,
};

const RANK: Record<Severity, number> = { problem: 0, note: 1, info: 2 };

/** What all analyses find in a trace, problems first; within a severity in the order of {@link analyses}. Never throws. */
export function analyse(trace: Trace, history?: History): Finding[] {
  const findings = Object.values(analyses).flatMap((analysis) => analysis(trace, history));
  return findings.sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}
