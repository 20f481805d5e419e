import { isUtf8 } from 'node:buffer';

/** Colours of a terminal begin with it. */
const ESCAPE = 27;
/** The lower bits count the bytes of a character that are still to come, the higher ones those that are empty. */
const ZERO = 4;
const NO_TEXT = -1;

/**
 * What the bytes until now and `byte` are: text in UTF-8, or in UTF-16 whose other half is empty. Begins with 0; less
 * than 0 when they are none.
 */
export function nextState(state: number, byte: number): number {
  if (byte === 0) return state < 5 * ZERO ? state + ZERO : NO_TEXT;
  if ((state & 3) > 0) return (byte & 0xc0) === 0x80 ? state - 1 : NO_TEXT;
  if (byte >= 0xc2 && byte <= 0xf4) return state + (byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1);
  if (byte > 126) return NO_TEXT;
  return byte >= 32 || byte === 10 || byte === 13 || byte === 9 || byte === ESCAPE ? state : NO_TEXT;
}

/** Whether what ended in this state is text: of UTF-16 every other byte is empty, of UTF-8 none. */
export function isText(state: number): boolean {
  return state >= 4 * ZERO || (state >= 0 && state < ZERO);
}

/** Bytes as text: UTF-16, UTF-8 the last character of which may be cut off, or one character a byte. */
export function textOf(bytes: Buffer): string {
  if (bytes[1] === 0 && bytes[3] === 0) return bytes.toString('utf16le');
  if (bytes[0] === 0 && bytes[2] === 0) return bytes.subarray(1).toString('utf16le');
  for (let cut = 0; cut < 4; cut++) {
    const whole = bytes.subarray(0, bytes.length - cut);
    if (isUtf8(whole)) return whole.toString();
  }
  return bytes.toString('latin1');
}
