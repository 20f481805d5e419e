import type { Bundle } from '../bundles/bundle.ts';

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
  render(bundle: Bundle): string;
}
