/** What a rule found: the part of the text that must go. */
export interface Match {
  /** Index of the first masked character. */
  readonly start: number;
  /** Index after the last masked character. */
  readonly end: number;
  readonly ruleId: string;
  /** Where the issuer's public prefix begins, which stays. */
  readonly prefixStart?: number;
  /** The mask needs quotes of its own: a bare number in JSON. */
  readonly isBare?: boolean;
  /** How these quotes are written where the text is encoded: `\\"`, `%22`. */
  readonly quote?: string;
  /** A rule that names its issuer; its id wins over that of an assignment around it. */
  readonly isSpecific?: boolean;
}

export type RuleKind = 'assignment' | 'token' | 'key-material' | 'url' | 'personal';

/** What the rules remember during one scan of one text, so that looking around stays linear. Hits come in order. */
export interface ScanMemo {
  /** The end of the name that was looked at last: the other words in it need no second look. */
  nameEnd: number;
  /** The last word without brackets that was read as a value. */
  wordStart: number;
  wordEnd: number;
  /** The end of the table that was read last. */
  tableEnd: number;
  /** The last `://` before the last at sign, and the next one; -1 for none. */
  url: number;
  nextUrl: number;
  /** What the last look cost beyond the usual, in units of `work.ts`; the scan adds it up and sets it back. */
  work: number;
}

/**
 * One row of the table: where to look (`literals`, found by the gate in one pass, whatever their case) and how
 * to be sure (`find`, called with the place of the literal).
 *
 * `find` must read a bounded stretch around the literal, so that the whole scan stays linear.
 */
export interface Rule {
  readonly id: string;
  readonly kind: RuleKind;
  readonly literals: readonly string[];
  find(text: string, at: number, literal: string, memo: ScanMemo): Match | readonly Match[] | undefined;
  /** Where the format is described. */
  readonly reference: string;
  /** Texts that hold one match each, put together at run time; the first masked part is `secret`. */
  examples(): readonly Example[];
  /** What it finds, in a few words; the built-in ones are in `rules/descriptions.ts`. */
  readonly description?: string;
  /** What it leaves of a match once it is masked, as an expression: the issuer's prefix and the mark. */
  readonly redacted?: string;
  /** Off unless the user enables it. */
  readonly isOptIn?: boolean;
  /** Its literals are names that stand beside a secret, rather than its beginning. */
  readonly isContext?: boolean;
  /** It looks at what stands around its literal, in JSON over several strings. */
  readonly isAcrossStrings?: boolean;
  /** What one look may cost, in units of `work.ts`; 1 when left out. */
  readonly work?: number;
}

export interface Example {
  readonly text: string;
  readonly secret: string;
}
