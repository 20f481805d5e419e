export const UUID: RegExp = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const HASH = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i;
/** `fromBase64`, `readUtf8String`: words with a number in them. */
const NUMBERED_WORDS =
  /^[A-Za-z]?[a-z]*(?:[A-Z]{1,3}[a-z]+)*[A-Z]{0,3}\d{1,3}(?:[A-Z][a-z]+)*$|^0x[0-9A-Fa-f]{1,8}[;,]?$/;
/** Of words a part can be said: `Hash`, `Decode`; `Ihq`, `Sb` cannot. */
const SYLLABLE = /[bcdfghj-np-tv-z][aeiouy][bcdfghj-np-tv-z]|[aeiou][bcdfghj-np-tv-z][aeiouy]/;

/** Letters and digits mixed in one part, `minLength` characters or more, no UUID: neither words nor a name with a number. */
export function isRandomLooking(value: string, minLength = 16): boolean {
  if (value.length < minLength || /\s/.test(value) || UUID.test(value)) return false;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return value
    .replaceAll(/%[0-9A-Fa-f]{2}/g, '/')
    .split(/[_.:,/-]/)
    .some((part) => part.length >= 6 && /\d.*[A-Za-z]|[A-Za-z].*\d.*\d/.test(part) && !isNumberedWords(part));
}

function isNumberedWords(part: string): boolean {
  return NUMBERED_WORDS.test(part) && (part.length < 8 || SYLLABLE.test(part));
}

/** A checksum or an id in hexadecimal digits. */
export function isHash(value: string): boolean {
  return HASH.test(value);
}

/** Whether the value of a weak key in a map is a secret: random, and no hash, path or address. */
export function isWeakSecret(value: string): boolean {
  if (isBasicPair(value)) return true;
  return isRandomLooking(value, 10) && !isHash(value) && !/[/:@]/.test(value);
}

/** `user:password` in base64, as in Docker's `auth`. */
export function isBasicPair(value: string): boolean {
  if (value.length < 8 || value.length > 1_024 || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return false;
  return /^[\x21-\x7e]{1,200}:[\x21-\x7e]{2,}$/.test(Buffer.from(value, 'base64').toString('latin1'));
}
