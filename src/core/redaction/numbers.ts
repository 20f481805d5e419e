import type { Example, Match } from './rule.ts';

/** A rule over a run of digits, capitals, spaces and dashes, for what has no literal the gate could look for. */
export interface NumberRule {
  readonly id: string;
  /** The masked part of the run `text[start, end)`; undefined when there is none. */
  find(text: string, start: number, end: number): Match | undefined;
  readonly reference: string;
  examples(): readonly Example[];
  /** Off unless the user enables it. */
  readonly isOptIn?: boolean;
}
