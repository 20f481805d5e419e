/** Characters of telemetry, the most frequent first. */
const FREQUENT = 'etaoinsrldcump/.-:=_hgfbyvkw102x3456789jqz';
const RARE = 1;
/** What all characters have together. */
const ALL = 200;
/** Stands for any character. */
const ANY = 256;
const BITS = 9;
const MASK = 511;
/** So many literals are weighed against each other; the others are rare enough. */
const WEIGHED = 60;
const MOST = 0x7fffffff;

/** Character → how often it comes, roughly. Small integers: this runs cold, where V8 puts each fraction on the heap. */
const CHANCES: Uint8Array = new Uint8Array(ANY + 1).fill(RARE);
for (let rank = 0; rank < FREQUENT.length; rank++) CHANCES[FREQUENT.charCodeAt(rank)] = 1 + 68 / (4 + rank);
CHANCES[ANY] = ALL;

/**
 * Parts literals into buckets so that few places of ordinary text look like one: those whose pairs of characters are
 * frequent stand apart, the others share, as they come in the alphabet. Half of the false alarms of the alphabet alone.
 */
export function bucketsOf(literals: readonly string[], count: number): Map<string, number> {
  const chances = new Map(literals.map((literal) => [literal, chanceOfLiteral(literal)]));
  const sorted = [...literals].sort();
  sorted.sort((one, other) => (chances.get(other) as number) - (chances.get(one) as number));
  const firsts = new Int32Array(count);
  const seconds = new Int32Array(count);
  /** A pair → the buckets whose first halves have it, one bit each; those whose second halves have it. */
  const inFirst = new Map<number, number>();
  const inSecond = new Map<number, number>();
  const buckets = new Map<string, number>();
  for (const literal of sorted.slice(0, WEIGHED)) {
    const pairs = pairsOf(literal);
    const [a, b, c, d] = pairs;
    const own: Four = [chanceOf(a), chanceOf(b), chanceOf(c), chanceOf(d)];
    const [hasA, hasB] = [inFirst.get(a) ?? 0, inFirst.get(b) ?? 0];
    const [hasC, hasD] = [inSecond.get(c) ?? 0, inSecond.get(d) ?? 0];
    let best = 0;
    let least = MOST;
    // Runs cold at each start, hence no calls in it.
    for (let bucket = 0, bit = 1; bucket < count; bucket++, bit <<= 1) {
      const before = firsts[bucket] as number;
      const behind = seconds[bucket] as number;
      const first = before + ((hasA & bit) === 0 ? own[0] : 0) + ((hasB & bit) === 0 ? own[1] : 0);
      const second = behind + ((hasC & bit) === 0 ? own[2] : 0) + ((hasD & bit) === 0 ? own[3] : 0);
      const more = first * second - before * behind;
      if (more >= least) continue;
      best = bucket;
      least = more;
      if (more === 0) break;
    }
    const bit = 1 << best;
    if ((hasA & bit) === 0) firsts[best] = (firsts[best] as number) + own[0];
    if ((hasB & bit) === 0) firsts[best] = (firsts[best] as number) + own[1];
    if ((hasC & bit) === 0) seconds[best] = (seconds[best] as number) + own[2];
    if ((hasD & bit) === 0) seconds[best] = (seconds[best] as number) + own[3];
    for (const pair of [a, b]) inFirst.set(pair, (inFirst.get(pair) ?? 0) | bit);
    for (const pair of [c, d]) inSecond.set(pair, (inSecond.get(pair) ?? 0) | bit);
    buckets.set(literal, best);
  }
  const rest = sorted.slice(WEIGHED).sort();
  for (const [index, literal] of rest.entries())
    buckets.set(literal, Math.floor((index * count) / rest.length));
  return buckets;
}

type Four = readonly [number, number, number, number];

/** That a place looks like this literal. */
function chanceOfLiteral(literal: string): number {
  const [a, b, c, d] = pairsOf(literal);
  return (chanceOf(a) + chanceOf(b)) * (chanceOf(c) + chanceOf(d));
}

function chanceOf(pair: number): number {
  return (CHANCES[pair >> BITS] as number) * (CHANCES[pair & MASK] as number);
}

/** The two pairs of the first half and the two of the second, as `Prefilter` marks them for both alignments. */
function pairsOf(literal: string): Four {
  const [a, b, c] = [literal.charCodeAt(0), literal.charCodeAt(1), literal.charCodeAt(2)];
  if (literal.length === 3) return [pairOf(a, b), pairOf(ANY, a), pairOf(c, ANY), pairOf(b, c)];
  const [d, e] = [literal.charCodeAt(3), literal.length > 4 ? literal.charCodeAt(4) : ANY];
  return [pairOf(a, b), pairOf(b, c), pairOf(c, d), pairOf(d, e)];
}

function pairOf(low: number, high: number): number {
  return (low << BITS) | high;
}
