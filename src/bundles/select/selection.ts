/** How the trace of a bundle was chosen. */
export interface Selection {
  /** `trace id`, `span id`, `error`, `text`, … in our own words. */
  readonly by: string;
  /** Why this trace, the strongest reason first. */
  readonly reasons: readonly Reason[];
  /** How many other traces fitted. */
  readonly otherCount: number;
  /** A trace of the same route that went as usual. */
  readonly typicalTraceId?: string;
}

/** `what` is in our own words; `text` is what was given or found, and may be hostile. */
export interface Reason {
  readonly what: string;
  readonly text?: string;
}
