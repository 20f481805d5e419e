/** `text`: a field of a validator's complaint, which may hold much else, so only a text is taken for the value. */
export type PairRole = 'name' | 'value' | 'text';

const ROLES: ReadonlyMap<string, PairRole> = new Map([
  ...rows('name', 'name key header field parameter param k label path property instancepath loc'),
  ...rows('value', 'value values val content v'),
  ...rows('text', 'data input received actual rejectedvalue'),
]);
/** No field above is longer. */
export const LONGEST_FIELD = 13;

function rows(role: PairRole, fields: string): [string, PairRole][] {
  return fields.split(' ').map((field) => [field, role]);
}

/**
 * Which part of a pair a field is, in `{ name: 'DB_PASSWORD', value: '…' }` of environments and headers and in
 * `{ path: '/password', data: '…' }` of validators.
 */
export function pairRole(field: string): PairRole | undefined {
  return ROLES.get(field.toLowerCase());
}
