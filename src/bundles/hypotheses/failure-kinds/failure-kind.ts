/** What a sort of failure usually comes from, in our own words. */
export interface FailureKind {
  /** The rule of the hypothesis. */
  readonly rule: string;
  readonly claim: string;
  readonly refutedBy: string;
}
