import type { Finding } from '../../analyses/analysis.ts';

/** What may be the cause, by a rule; the likeliest first. */
export interface Hypothesis {
  /** Which rule says so. */
  readonly rule: string;
  /** In our own words. */
  readonly claim: string;
  /** high: the evidence leaves little else. medium: it fits. low: worth a look. */
  readonly confidence: 'high' | 'medium' | 'low';
  /** As those of a finding: what the claim is about. Strings may be text from telemetry. */
  readonly facts: Finding['facts'];
  /** Span ids, the most important first. */
  readonly evidence: readonly string[];
  /** What would show that it is wrong, in our own words. */
  readonly refutedBy: string;
  /** The findings it is made of. */
  readonly findings?: readonly Finding[];
}

/** Makes the hypothesis of one finding; `more` joins its facts. */
export type MakeHypothesis = (
  rule: string,
  confidence: Hypothesis['confidence'],
  claim: string,
  refutedBy: string,
  more?: Finding['facts'],
) => Hypothesis[];
