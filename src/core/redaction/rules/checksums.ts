import { crc32 } from 'node:zlib';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * GitHub's and npm's tokens end in the CRC32 of what stands before it, in six digits of base 62.
 * https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
 */
export function hasCrcTail(secret: string): boolean {
  return crcTail(secret.slice(0, -6)) === secret.slice(-6);
}

/** The six last characters of such a token. */
export function crcTail(body: string): string {
  let rest = crc32(body);
  let tail = '';
  for (let digit = 0; digit < 6; digit++) {
    tail = (BASE62[rest % 62] as string) + tail;
    rest = Math.floor(rest / 62);
  }
  return tail;
}

/** The check digit of cards. https://www.iso.org/standard/70484.html */
export function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The check digits of account numbers: the rearranged number, letters as numbers, is 1 modulo 97. */
export function hasIbanCheck(iban: string): boolean {
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
