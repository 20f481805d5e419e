import type { Bundle } from '../bundles/bundle.ts';
import { dollars, milliseconds, size } from './numbers.ts';

const UNITS: readonly (readonly [RegExp, (value: number) => string])[] = [
  [/Ms$/, milliseconds],
  [/Percent$/, (value) => `${value}%`],
  [/Usd$/, (value) => `$${dollars(value)}`],
  [/Bytes$/, size],
];

/**
 * A fact as it is read: its name in words without the unit that it ends in, and a number with that unit, or the id of
 * a span as its handle. Texts of telemetry come back as they are.
 */
export function readableFact(
  { handles }: Pick<Bundle, 'handles'>,
  key: string,
  value: string | number | boolean,
): readonly [name: string, value: string] {
  if (/spanId$/i.test(key)) {
    const handle = handles.get(String(value));
    return [words(key.replace(/SpanId$/, '')), handle === undefined ? 'missing' : `#${handle}`];
  }
  const unit = typeof value === 'number' ? UNITS.find(([end]) => end.test(key)) : undefined;
  if (unit === undefined) return [words(key), String(value)];
  return [words(key.replace(unit[0], '')), unit[1](Number(value))];
}

/** `inputTokens` → `input tokens`; a key with other characters (a rule id) stays as it is. */
function words(key: string): string {
  if (!/^[a-z]+(?:[A-Z][a-z\d]+)*$/.test(key)) return key;
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
