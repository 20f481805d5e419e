import { isRandomLooking, UUID } from './assignment/random-looking.ts';
import type { Match } from './rule.ts';

/** A shorter value may be a word by chance. */
const MIN_LENGTH = 10;
const MAX_LENGTH = 512;
/** How many secrets of a text are looked for again; each costs a search through it. */
const MAX_SECRETS = 16;
const MAX_REPEATS = 64;

/**
 * The other places of a text where a secret stands that was told by what is beside it: `token = 'x', got 'x'`.
 * Only values that look random, so that `password=postgres` does not mask the name of the host.
 */
export function repeatsOf(text: string, matches: readonly Match[]): Match[] {
  const found: Match[] = [];
  const seen = new Set<string>();
  for (const match of matches) {
    const length = match.end - match.start;
    if (length < MIN_LENGTH || length > MAX_LENGTH || seen.size >= MAX_SECRETS) continue;
    const secret = text.slice(match.start, match.end);
    if (seen.has(secret) || !(isRandomLooking(secret, MIN_LENGTH) || UUID.test(secret))) continue;
    seen.add(secret);
    for (
      let at = text.indexOf(secret);
      at >= 0 && found.length < MAX_REPEATS;
      at = text.indexOf(secret, at + length)
    ) {
      const { ruleId, isSpecific } = match;
      if (at !== match.start)
        found.push({ start: at, end: at + length, ruleId, ...(isSpecific && { isSpecific }) });
    }
  }
  return found;
}
