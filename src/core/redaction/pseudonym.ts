import { createHmac } from 'node:crypto';

/** Makes `[email:3f9c0a12b4de]` of a value: the same for the same value and key, and no way back without the key. */
export function pseudonym(ruleId: string, value: string, key: string): string {
  const plain = value.replace(/[\s-]/g, '').toLowerCase();
  return `[${ruleId}:${createHmac('sha256', key).update(plain).digest('hex').slice(0, 12)}]`;
}
