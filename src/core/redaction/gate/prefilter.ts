/** Characters fall into this many classes, five bits each: letters of either case, digits, signs that come together. */
const CLASS_BITS = 5;
/** Three classes as one number. */
const TRIPLE = (1 << (3 * CLASS_BITS)) - 1;
const LETTER_J = 10;
const SPACE = 32;
const DIGIT = 27;
const SIGNS = 28;
const ALL = -1;
/** What a place may be. */
const LITERAL = 1;
const SIGN = 2;
/** Whatever else a literal may hold; the rest of all characters is class 0, which no literal has. */
const MARKS: readonly string[] = ['_-', '/.:', ' =$+("'];
/**
 * The low halves of signs that nobody sees, which few texts have: soft hyphens, signs of no width, marks above letters.
 * Two are left out that half of all texts have: a backquote (U+2060) and the end of a line (U+200D).
 */
const HIDDEN = '\u00ad\u00ff\v\f\u000e\u000f\u0001\u0002\u0003\u0004\u0006\u0007\b';

/**
 * Tells quickly that nothing is in a text: what the last three characters are, in classes, is one look into a table
 * that fits the fastest memory. One place in fifty of a clean text remains to be looked at.
 */
export class Prefilter {
  /** Byte → class. */
  readonly #classes: Uint8Array = new Uint8Array(256);
  /** Three classes → whether a literal may begin with them (`LITERAL`), whether the last is a sign (`SIGN`). */
  readonly #finds: Uint8Array = new Uint8Array(TRIPLE + 1);

  /** Three classes that a literal begins with → the classes of the fourth character, one bit each. */
  readonly #nexts: Int32Array = new Int32Array(TRIPLE + 1);

  constructor(literals: readonly string[]) {
    const classes = this.#classes;
    const finds = this.#finds;
    const nexts = this.#nexts;
    for (let letter = 0; letter < 26; letter++) classes[97 + letter] = classes[65 + letter] = 1 + letter;
    for (let digit = 48; digit < 58; digit++) classes[digit] = DIGIT;
    for (const sign of `@%\\${HIDDEN}`) classes[sign.charCodeAt(0)] = SIGNS;
    for (const [index, marks] of MARKS.entries())
      for (const mark of marks) classes[mark.charCodeAt(0)] = SIGNS + 1 + index;
    for (let before = 0; before <= TRIPLE; before += 1 << CLASS_BITS) finds[before | SIGNS] = SIGN;
    for (const literal of literals) {
      if (literal.length < 3) continue;
      let triple = 0;
      for (let index = 0; index < 3; index++) triple = (triple << CLASS_BITS) | this.#classOf(literal, index);
      finds[triple] = (finds[triple] as number) | LITERAL;
      const next = literal.length === 3 ? ALL : 1 << this.#classOf(literal, 3);
      nexts[triple] = (nexts[triple] as number) | next;
    }
  }

  /**
   * Where a sign stands, or the third character of what may be a literal: the first such place at or after `from`, -1
   * for none. Nothing else is done here, so that it is a handful of instructions a character.
   */
  next(bytes: Uint8Array, from: number, end: number): number {
    const classes = this.#classes;
    const finds = this.#finds;
    let triple = from === 0 ? 0 : this.#tripleOf(bytes, from - 1);
    for (let at = from; at < end; at++) {
      triple = ((triple << CLASS_BITS) | (classes[bytes[at] as number] as number)) & TRIPLE;
      if (finds[triple] !== 0) return at;
    }
    return -1;
  }

  /** The same for literals alone. */
  nextLiteral(bytes: Uint8Array, from: number, end: number): number {
    const classes = this.#classes;
    const finds = this.#finds;
    let triple = from === 0 ? 0 : this.#tripleOf(bytes, from - 1);
    for (let at = from; at < end; at++) {
      triple = ((triple << CLASS_BITS) | (classes[bytes[at] as number] as number)) & TRIPLE;
      if (((finds[triple] as number) & LITERAL) !== 0) return at;
    }
    return -1;
  }

  /** Whether the character behind the three that end at `at` is the fourth of a literal. */
  mayGoOn(bytes: Uint8Array, at: number): boolean {
    const next = this.#classes[bytes[at + 1] as number] as number;
    return (((this.#nexts[this.#tripleOf(bytes, at)] as number) >> next) & 1) !== 0;
  }

  /** The classes of the three characters that end at `at`. */
  #tripleOf(bytes: Uint8Array, at: number): number {
    const classes = this.#classes;
    const first = at < 2 ? 0 : (classes[bytes[at - 2] as number] as number);
    const second = at < 1 ? 0 : (classes[bytes[at - 1] as number] as number);
    const third = classes[bytes[at] as number] as number;
    return (first << (2 * CLASS_BITS)) | (second << CLASS_BITS) | third;
  }

  /** Characters that no class has yet join the last one; those of other scripts a letter that is rare. */
  #classOf(literal: string, index: number): number {
    const code = literal.charCodeAt(index) & 255;
    if (this.#classes[code] === 0)
      this.#classes[code] = code < SPACE || code > 127 ? LETTER_J : SIGNS + MARKS.length;
    return this.#classes[code] as number;
  }
}
