import type { GivenOptions, OptionRow } from './options.ts';

/** What a row makes of a value from code or the environment; undefined if it is none of those allowed. */
export function parseOption(
  row: OptionRow,
  raw: unknown,
): OptionRow['default'] | readonly string[] | undefined {
  switch (row.type) {
    case 'choice':
      return row.values?.find((value) => value === String(raw).toLowerCase());
    case 'integer': {
      const number = typeof raw === 'number' ? raw : /^\d+$/.test(String(raw)) ? Number(raw) : Number.NaN;
      return Number.isSafeInteger(number) && number > 0 ? number : undefined;
    }
    case 'switch':
      return { true: true, '1': true, on: true, false: false, '0': false, off: false }[
        String(raw).toLowerCase()
      ];
    case 'list': {
      const items: unknown = typeof raw === 'string' ? raw.split(',') : raw;
      if (!Array.isArray(items) || !items.every((item) => typeof item === 'string')) return undefined;
      const trimmed = items.map((item) => item.trim()).filter((item) => item !== '');
      const { values } = row;
      if (values === undefined) return trimmed;
      const known = trimmed.map((item) => item.toLowerCase());
      return known.every((item) => values.includes(item)) ? known : undefined;
    }
    case 'path':
    case 'secret':
      return typeof raw === 'string' ? raw : undefined;
  }
}

/** What a row wants, for the message about a bad value. */
export function expectation(row: OptionRow): string {
  if (row.type === 'choice') return `expected one of ${row.values?.join(', ')}`;
  if (row.type === 'integer') return `expected a whole number of ${row.unit} above 0`;
  if (row.type === 'list')
    return row.values === undefined ? 'expected a list of texts' : `expected any of ${row.values.join(', ')}`;
  return row.type === 'switch'
    ? 'expected true or false'
    : `expected a ${row.type === 'path' ? 'path' : 'text'}`;
}

/** The value of a row in code: `a.b` is a field of a field. */
export function valueAt(given: GivenOptions, name: string): unknown {
  let value: unknown = given;
  for (const field of name.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[field];
  return value;
}
