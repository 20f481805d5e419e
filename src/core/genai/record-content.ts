import { withoutBinary } from './binary.ts';
import type { ContentPolicy } from './content-policy.ts';
import { shorten, sizeOf } from './shorten.ts';
import { withoutToolContent } from './tool-parts.ts';

/** So much of one field is recorded. */
export const MAX_FIELD = 16_384;
/** Longer JSON is not parsed: it would stop the process for more than some 10 ms. */
const MAX_PARSED = 2_097_152;

export interface Recorded<T> {
  readonly value: T;
  readonly isCut: boolean;
}

/**
 * What is recorded of a content field that the policy lets in: images, audio and files as size and hash, arguments
 * and results of tools only with `tools`, at most 16 KB. JSON stays valid JSON. `redact` runs before a cut, so that
 * no cut goes through a secret; a field that is not cut is left for the redactor of the whole span.
 */
export function recordContent(
  given: unknown,
  policy: ContentPolicy,
  redact: (value: unknown) => unknown,
): Recorded<unknown> {
  const tree = typeof given === 'string' ? parsed(given) : given;
  let kept = withoutBinary(tree);
  if (!policy.tools) kept = withoutToolContent(kept);
  const isCut = sizeOf(kept) > MAX_FIELD;
  if (isCut) kept = shorten(redact(kept), MAX_FIELD);
  const value = typeof given === 'string' && typeof kept !== 'string' ? JSON.stringify(kept) : kept;
  return { value, isCut };
}

function parsed(text: string): unknown {
  const first = text.charCodeAt(0);
  if ((first !== 0x7b && first !== 0x5b) || text.length > MAX_PARSED) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
