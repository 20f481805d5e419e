import type { Example, Match } from './rule.ts';

/**
 * A rule over a run the gate found, for what has no literal it could look for: digits, capitals, spaces and dashes,
 * or the characters of base64.
 */
export interface RunRule {
  readonly id: string;
  /** The masked part of the run `text[start, end)`; undefined when there is none. */
  find(text: string, start: number, end: number): Match | undefined;
  readonly reference: string;
  examples(): readonly Example[];
  /** What it finds, in a few words; the built-in ones are in `rules/descriptions.ts`. */
  readonly description?: string;
  /** What it leaves of a match once it is masked, as an expression. */
  readonly redacted?: string;
  /** Off unless the user enables it. */
  readonly isOptIn?: boolean;
}
