/** `8`, `8.2` or `8.2.1`, with what may stand before it. */
const COMPARATOR = /(>=|<=|<|>|=|\^|~)?\s*v?(\d+)(?:\.(\d+|x))?(?:\.(\d+|x))?/g;

type Version = readonly [number, number, number];

/**
 * Whether a version lies in one of these ranges: `>=4 <12`, `^3.1.0`, `2`, `*`, and `||` between them, which is all
 * that instrumentations use. Pre-releases count as their version; what cannot be read counts as known.
 */
export function isKnownVersion(version: string, ranges: readonly string[]): boolean {
  const [asked] = comparators(version);
  if (asked === undefined) return true;
  return ranges
    .flatMap((range) => range.split('||'))
    .some((range) => comparators(range).every((each) => fits(asked.from, each)));
}

interface Comparator {
  readonly operator: string;
  readonly from: Version;
  /** The first version past what was written: `8.2` → 8.3.0. */
  readonly past: Version;
}

function comparators(range: string): Comparator[] {
  return [...range.matchAll(COMPARATOR)].map(([, operator = '', ...parts]) => {
    const numbers = parts.filter((part) => /^\d+$/.test(part ?? '')).map(Number);
    const [major = 0, minor = 0, patch = 0] = numbers;
    const kept = operator === '^' ? (major > 0 ? 1 : 2) : operator === '~' ? 2 : numbers.length;
    const past: Version =
      kept === 1 ? [major + 1, 0, 0] : kept === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1];
    return { operator, from: [major, minor, patch], past };
  });
}

function fits(version: Version, { operator, from, past }: Comparator): boolean {
  if (operator === '>=') return compare(version, from) >= 0;
  if (operator === '>') return compare(version, past) >= 0;
  if (operator === '<') return compare(version, from) < 0;
  if (operator === '<=') return compare(version, past) < 0;
  return compare(version, from) >= 0 && compare(version, past) < 0;
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
