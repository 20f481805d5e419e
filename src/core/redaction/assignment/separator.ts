/**
 * What stands between a name and its value.
 *
 * `assign`: `=`, `:`, `=>`; `call`: `(` or a comma between quoted arguments, and the value must be quoted as well;
 * `list`: a comma of CSV; `element`: `>` of XML; `space`: a flag and its value; `quoted`: nothing but a space before a
 * quote; `prose`: "is", "was"; `part`: the empty line before the content of a form's part; `path`: a slash.
 */
export interface Separator {
  readonly kind: 'assign' | 'call' | 'list' | 'element' | 'space' | 'quoted' | 'prose' | 'part' | 'path';
  /** Where the value may begin; spaces are skipped. */
  readonly end: number;
  readonly isNameQuoted: boolean;
  /** A colon with a space after it, as in prose and YAML. */
  readonly isColon: boolean;
  /** Nothing but the sign between name and value; of a call: the value is the only argument. */
  readonly isTight: boolean;
  /** The name is a flag of a command. */
  readonly isFlag?: boolean;
  /** `==`, `===`: code that asks, rather than sets. */
  readonly isCompared?: boolean;
}

/** Spaces that do not break and full-width signs count too, also as bytes of UTF-8. `"`, `'`, backquote, each behind any number of backslashes, and a closing bracket: the end of a quoted name. */
const NAME_END = /\\{0,8}(?:\*{1,2}|["'`]{0,2})(?:\[\]|\])?[ \t\u00c2\u00a0]{0,40}/y;
const SIGN =
  /(?:=>|:{1,3}=|[.?+|]{1,2}=|={1,3}|->|:(?!:)|：|＝|\u00ef\u00bc[\u009a\u009d])[ \t\u00c2\u00a0]{0,40}(?:[|>][-+]?[ \t]{0,4}\r?\n[ \t]{1,40}|\r?\n[ \t]{1,40}(?:string\(\d{1,6}\) )?(?=["'`])|(?:\*{2}|<\/\w{1,8}>|!!str|(?:received|got)(?=[ \t]["'`]))[ \t]{1,4})?/y;
/** `password: string = "…"`, `password: &str = "…"`: the type is passed over. */
const TYPE = /[A-Za-z_&?<>[\].|' ]{1,40}(?<!=)=[ \t]{0,8}(?=[A-Za-z@]{0,2}\\{0,8}["'`])/y;
/** `var token string = "…"` of Go: the type without a colon. */
const GO_TYPE = /[ \t]{1,4}[*&[\]()\w.]{1,40}[ \t]{1,4}=[ \t]{1,4}(?=["'`])/y;
const CALL = /(?:\(|,)\s{0,16}(?=[A-Za-z@]{0,2}\\{0,8}["'`])/y;
const LIST = /,[ \t]{0,4}(?=[^\s"'`])/y;
const ELEMENT = />\s{0,40}(?:<!\[CDATA\[)?(?=[^\s<])/y;
/** `<wsse:Password Type="…">` */
const ELEMENT_WITH_ATTRIBUTES = /\s[^<>]{0,200}>\s{0,40}(?:<!\[CDATA\[)?(?=[^\s<])/y;
/** The rest of the head of a part of a form: `name="password"⏎⏎`. */
const PART = /(?:;[^\r\n]{0,120})?(?:\r?\n[\w-]{1,40}:[^\r\n]{0,200}){0,4}\r?\n\r?\n(?=[^\s-])/y;
/** `password:⏎x` */
const NEXT_LINE = /:[ \t]{0,8}\r?\n[ \t]{0,40}(?=[^\s"'`#-])/y;
/** `<key>Password</key><string>…</string>` of property lists. */
const NEXT_ELEMENT = /<\/[\w:-]{1,40}>\s{0,80}<(?:string|value|data|td|dd|code)>\s{0,40}(?=[^\s<])/iy;
/** `name="password" value="…"`, `- name: DB_PASSWORD⏎  value: …` of Kubernetes, `variable "token" { default = "…"` of Terraform. */
const VALUE_FIELD =
  /[\s,;{]{1,40}(?:(?:type|description|sensitive)[ \t]{0,8}=[^\n]{0,200}\n\s{0,40}){0,3}\\{0,8}["']?(?:value|content|default|data|input|received)\\{0,8}["']?[ \t]{0,8}[:=][ \t]{0,4}/iy;
/** `"password" with value "x"` of a validator, `token IN ('x', …)` and `api_key LIKE 'x%'` of SQL. */
const OPERATOR =
  /[ \t]{1,4}(?:with value|received|(?:not )?(?:in|i?like|rlike|regexp))[ \t]{1,4}(?=\(?[A-Za-z]?\\{0,8}["'`])/iy;
/** `Incorrect API key provided: x`, told by the looks of the value alone. */
const PROVIDED = /[ \t](?:provided|supplied|given|received|used|entered)[ \t]?:[ \t]{1,2}(?=[^\s"'`])/iy;
/** `token - 'x'`: a dash on its own before a quote. */
const DASH = /[ \t]{1,4}[-–][ \t]{1,4}(?=["'`])/y;
const PROSE = /[ \t](?:is|was|=)[ \t:]{1,3}/iy;
/** "Is" in scripts that part no words: `密码是x`, `パスワードはx`, `암호는 x`. */
export const PARTICLES: ReadonlySet<string> = new Set('是为為は는은');
const PARTICLE = /[是为為は는은][ \t]{0,2}[：:]?[ \t]{0,2}/y;
/** `パスワード「x」` */
const CORNER = /[「『【“](?=[^\s])/y;
/** `password for bob: x`, `pwd of bob is x`. */
const OF_SOMEBODY =
  /[ \t](?:for|of|in)[ \t](?:the[ \t]|user[ \t]|account[ \t]){0,2}["'`]?[\w.@-]{1,64}["'`]?(?:[ \t]?[:=][ \t]{0,2}|[ \t](?:is|was)[ \t:]{1,3})(?=[^\s"'`])/iy;
/** `(ID/PW): bob/x`, `id(bob)/pw(x)`: told by the looks of the value alone. */
const BRACKET = /(?:\)[ \t]?[:=]?[ \t]?|\()(?=\w)/y;
/** `PASS - x` */
const BARE_DASH = /[ \t]{1,4}[-–][ \t]{1,4}(?=[^\s-])/y;
const SPACE = /[ \t]{1,4}[([<]?(?=[^\s-])/y;
const QUOTED = /[ \t]{1,4}(?=\\{0,8}["'][^\s"']{3})/y;

/** Reads the separator behind a name that ends at `from`; undefined when nothing is set here. */
export function readSeparator(text: string, from: number): Separator | undefined {
  if (!FIRST.has(text[from] ?? '')) return undefined;
  const nameEnd = matchEnd(NAME_END, text, from);
  const isNameQuoted = nameEnd > from && /["'`]/.test(text.slice(from, nameEnd));
  const next = text[nameEnd] ?? '';
  if (SIGN_FIRST.has(next)) {
    const sign = readSign(text, from, nameEnd, isNameQuoted);
    if (sign !== undefined) return sign;
  }
  const rest = (kind: Separator['kind'], end: number): Separator | undefined =>
    end < 0 ? undefined : { kind, end, isNameQuoted, isColon: false, isTight: false };
  if (next === '>') return rest('element', matchEnd(ELEMENT, text, nameEnd));
  if (PARTICLES.has(next)) return rest('prose', matchEnd(PARTICLE, text, nameEnd));
  if (CORNERS.has(next)) return rest('assign', matchEnd(CORNER, text, nameEnd));
  if (next === '<') {
    const end = matchEnd(NEXT_ELEMENT, text, nameEnd);
    return end < 0 ? undefined : { kind: 'element', end, isNameQuoted: true, isColon: false, isTight: false };
  }
  const spaceStart = isNameQuoted ? skipQuote(text, from) : from;
  const field = rest('assign', matchEnd(VALUE_FIELD, text, spaceStart));
  if (field !== undefined) return field;
  const operand = rest('assign', matchEnd(OPERATOR, text, spaceStart));
  if (operand !== undefined) return operand;
  if (isNameQuoted && PART_FIRST.has(next)) return rest('part', matchEnd(PART, text, nameEnd));
  if (next === '/' && nameEnd === from) return rest('path', from + 1);
  // A bracket after a space is a remark.
  if ((next === '(' && (isNameQuoted || nameEnd === from)) || (next === ',' && isNameQuoted)) {
    const call = rest('call', matchEnd(CALL, text, nameEnd));
    if (call !== undefined) return { ...call, isTight: next === '(' };
  }
  if (next === ',') return rest('list', matchEnd(LIST, text, nameEnd));
  if (nameEnd === from && (next === '(' || next === ')')) return rest('list', matchEnd(BRACKET, text, from));
  if (text[from] !== ' ' && text[from] !== '\t') return undefined;
  if (next === '"' || next === "'" || next === '\\') return rest('quoted', matchEnd(QUOTED, text, from));
  return (
    rest('assign', matchEnd(GO_TYPE, text, from)) ??
    rest('assign', matchEnd(DASH, text, from)) ??
    rest('prose', matchEnd(PROSE, text, from)) ??
    rest('space', matchEnd(PROVIDED, text, from)) ??
    rest('space', matchEnd(OF_SOMEBODY, text, from)) ??
    rest('space', matchEnd(BARE_DASH, text, from)) ??
    rest('space', matchEnd(SPACE, text, from))
  );
}

/** What may stand right behind a name that gets a value, and where a sign may begin. */
const FIRST: ReadonlySet<string> = new Set(
  '\\"\'`*[] \t\r\n=:.?+|-(),<>/;\u00a0\u00c2\u00ef：＝「『【“是为為は는은',
);
const CORNERS: ReadonlySet<string> = new Set('「『【“');
const SIGN_FIRST: ReadonlySet<string> = new Set('=:.?+|-：＝\u00ef');
const PART_FIRST: ReadonlySet<string> = new Set('\r\n;');

/** The separator of an element with attributes, whose name ends at `from`. */
export function readElement(text: string, from: number): Separator | undefined {
  const end = matchEnd(ELEMENT_WITH_ATTRIBUTES, text, from);
  return end < 0 ? undefined : { kind: 'element', end, isNameQuoted: false, isColon: false, isTight: false };
}

function readSign(text: string, from: number, nameEnd: number, isNameQuoted: boolean): Separator | undefined {
  const sign = matchEnd(SIGN, text, nameEnd);
  if (sign < 0) return undefined;
  const isColon = text[nameEnd] === ':' && text[nameEnd + 1] !== '=';
  if (text[sign] === '\r' || text[sign] === '\n') {
    const end = matchEnd(NEXT_LINE, text, nameEnd);
    return end < 0 ? undefined : { kind: 'list', end, isNameQuoted, isColon, isTight: false };
  }
  const typed = isColon ? matchEnd(TYPE, text, sign) : -1;
  const end = typed >= 0 ? typed : sign;
  return {
    kind: 'assign',
    end,
    isNameQuoted,
    isColon: isColon && typed < 0,
    isTight: nameEnd === from && end === from + 1,
    isCompared: text[nameEnd] === '=' && text[nameEnd + 1] === '=',
  };
}

function skipQuote(text: string, from: number): number {
  let at = from;
  while (text[at] === '\\') at++;
  return at + 1;
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}
