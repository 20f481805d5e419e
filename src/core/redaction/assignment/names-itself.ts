import { splitWords } from '../keys.ts';
import { namesCredential } from './looks-like-code.ts';

/** Secrets that machines make: none looks like its own name with a number behind it. */
const MADE_BY_MACHINES = /(?:token|key)\d{0,3}$/i;
const NUMBER = /\d{1,3}$/;
const MORE = 8;
const WORDS = /^[A-Za-z][A-Za-z_. -]*$/;

/**
 * Whether a value only repeats its name, which stands beside it: `API_KEY: 'API_KEY'`, `exports.newToken = newToken`,
 * `codeVerifierKey = "code_verifier"`, `token: 'token3'`. Of one word alone only that for a credential counts:
 * `admin_password=admin` is a password.
 */
export function namesItself(name: string, value: string): boolean {
  // Quotes, dashes and a number make it a little longer.
  if (value.length > name.length + MORE) return false;
  const last = name.slice(name.lastIndexOf('.') + 1);
  const own = flat(last);
  const said = flat(value);
  if (said.length >= own.length && (said === own || said === flat(name))) return true;
  if (MADE_BY_MACHINES.test(last) && said.replace(NUMBER, '') === own.replace(NUMBER, '')) return true;
  if (!WORDS.test(value)) return false;
  const words = splitWords(value);
  if (words.length < 2 && !namesCredential(value)) return false;
  const known = new Set(splitWords(name));
  return words.every((word) => known.has(word));
}

function flat(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
}
