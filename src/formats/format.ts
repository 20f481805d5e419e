import type { Bundle } from '../bundles/bundle.ts';

/** What may be asked of a rendering; a format that has no use for one ignores it. */
export interface RenderOptions {
  /** Records that matter least are left out and counted until the text has at most about this many tokens. */
  readonly maxTokens?: number;
  /** Which coding agent reads it. */
  readonly audience?: Audience;
}

export const AUDIENCES = ['claude', 'cursor', 'codex'] as const;
export type Audience = (typeof AUDIENCES)[number];

/**
 * A member of this room: a bundle as text.
 *
 * Pure and deterministic. Text from telemetry passes `text.ts`: it never leaves its line or its quotes, and
 * never stands in a heading. What is cut is said, with counts. Ends with one line break.
 */
export interface Format {
  /** The value of `--format`. */
  readonly name: string;
  readonly fileExtension: string;
  render(bundle: Bundle, options?: RenderOptions): string;
}
