const NAME_FIELDS: ReadonlySet<string> = new Set(['name', 'key', 'header', 'field', 'parameter', 'k']);
const VALUE_FIELDS: ReadonlySet<string> = new Set(['value', 'values', 'val', 'content', 'v']);

/** Which part of a pair a field is, in `{ name: 'DB_PASSWORD', value: '…' }` of environments and headers. */
export function pairRole(field: string): 'name' | 'value' | undefined {
  const lower = field.toLowerCase();
  if (NAME_FIELDS.has(lower)) return 'name';
  return VALUE_FIELDS.has(lower) ? 'value' : undefined;
}
