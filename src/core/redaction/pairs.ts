const NAME_FIELDS: ReadonlySet<string> = new Set(
  'name key header field parameter param k label path property instancepath loc'.split(' '),
);
const VALUE_FIELDS: ReadonlySet<string> = new Set('value values val content v'.split(' '));
/** Fields of a validator's complaint. They hold much else, so only a text is taken for the value. */
const TEXT_FIELDS: ReadonlySet<string> = new Set('data input received actual rejectedvalue'.split(' '));

/**
 * Which part of a pair a field is, in `{ name: 'DB_PASSWORD', value: '…' }` of environments and headers and in
 * `{ path: '/password', data: '…' }` of validators; `text`: the value if it is a text.
 */
export function pairRole(field: string): 'name' | 'value' | 'text' | undefined {
  const lower = field.toLowerCase();
  if (NAME_FIELDS.has(lower)) return 'name';
  if (VALUE_FIELDS.has(lower)) return 'value';
  return TEXT_FIELDS.has(lower) ? 'text' : undefined;
}
