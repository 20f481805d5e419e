import type { KeySense } from './keys.ts';

/** `text`: a field of a validator's complaint, which may hold much else, so only a text is taken for the value. */
export type PairRole = 'name' | 'value' | 'text';

const ROLES: ReadonlyMap<string, PairRole> = new Map([
  ...rows('name', 'name key header field parameter param k label path property instancepath loc'),
  ...rows('value', 'value values val content v'),
  ...rows('text', 'data input received actual rejectedvalue'),
]);
/** The name of a field, and the steps to it. */
const MAX_NAME = 128;
const MAX_PATH = 8;
/** No field above is longer. */
export const LONGEST_FIELD = 13;

/** What tells a JSON web key from other maps. */
export const JWK_TYPE = 'kty';
const JWK_SECRETS: ReadonlySet<string> = new Set(['k', 'd', 'p', 'q', 'dp', 'dq', 'qi']);

/** Whether a field of a map that has `kty` is a private one: `{ kty: 'oct', k: '…' }`. */
export function isSecretOfJwk(field: string): boolean {
  return JWK_SECRETS.has(field);
}

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

/** `{ name: 'DB_PASSWORD', value: '…' }`: what the name says holds for the value. */
export function pairSense(
  map: { readonly [key: string]: unknown },
  senseOf: (name: string) => KeySense,
): KeySense {
  let found: KeySense;
  for (const field of Object.keys(map)) {
    if (pairRole(field) !== 'name') continue;
    const value = map[field];
    // `loc: ['body', 'password']`
    const name = Array.isArray(value) && value.length <= MAX_PATH ? value.join('.') : value;
    if (typeof name !== 'string' || name.length > MAX_NAME) continue;
    const sense = senseOf(name);
    if (sense === 'strong') return sense;
    found ??= sense;
  }
  return found;
}

/** Whether what the name of a pair says holds for this field of it. */
export function isPairValue(field: string, value: unknown): boolean {
  const role = pairRole(field);
  return role === 'value' || (role === 'text' && typeof value === 'string');
}
