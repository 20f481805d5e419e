import { type KeySense, splitWords } from '../keys.ts';
import { withoutMarks } from '../marks.ts';
import type { Separator } from './separator.ts';
import type { AssignedValue } from './value.ts';

/** Documentation words, states and types that stand where a value would. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'null none nil undefined true false yes no on off required optional string str number int integer bool boolean text ' +
    'hidden masked redacted filtered removed changeme change_me changeit example placeholder sample dummy todo tbd na unset ' +
    'empty default invalid incorrect wrong missing expired unexpected failed unknown valid must should can cannot may is ' +
    'are was not set and or the a an for of from in to with has have will be this that your my ok error failure mismatch ' +
    'object array any void unknown never function class new self this env var let const secret password token key auth ' +
    'test foo bar baz pass pwd yyy bearer basic digest include omit same-origin inherit enabled disabled value values user username basic oauth oauth2 jwt'
  ).split(' '),
);
/** Templates, variables, dots and stars of every kind. A pattern here must be sure: what it fits is shown. */
const PLACEHOLDER = new RegExp(
  `^(?:${[
    '<[^<>]*>?',
    '\\$\\{[^{}]*\\}?\\}?',
    '\\$\\([^)]*\\)?',
    '\\$?\\{\\{[^{}]*\\}?\\}?',
    '\\{(?:\\d|[A-Za-z_.: ]*)\\}',
    '%[sdvq]',
    '%\\(\\w+\\)s',
    '%\\{\\w+\\}',
    '%\\w+%',
    '#\\{[^{}]*\\}?',
    '@[\\w.]+@',
    '\\*{3,}.{0,4}',
    '.{0,4}\\*{4,}.{0,4}',
    '[xX]{3,}(?:-?[xX]{3,})*',
    '(.)\\1{2,}',
    '\\.{3,}.*',
    '…+',
    '[-_?#.]+',
    '\\[[A-Za-z_ :-]*\\]\\S{0,4}',
    '[\\w.:/-]{0,24}\\[REDACTED:[\\w-]+\\]\\S{0,4}',
    'REDACTED',
    '[:@][a-z_]+',
    '![A-Za-z:]+',
    '.{0,16}(?:\\.{3}|…)',
    '\\(.{0,3}[[.\\\\?].*',
    '(?:your|my|the|some|any|an?)[_ -][A-Za-z_ -]+',
    '(?:process\\.env|os\\.environ|ENV\\b|env\\.|import\\.meta|secrets\\.|vault\\.).*',
  ].join('|')})$`,
  'i',
);
/** What a weak name names is not longer. */
const MAX_WEAK = 512;
const VARIABLE = /^\$(?:[A-Z_][A-Z0-9_]*|[a-z_]+|[a-z]+(?:[A-Z][a-z]+)+|\d)$/;
/** Eight crosses or sixteen of any character in a row. */
const DRAWN = /[xX]{8}|(.)\1{15}/;
/** Letters only, with a word nobody puts into a password. */
const MADE_UP =
  /^(?=[A-Za-z_ .-]+$).*(?:fake|dummy|example|placeholder|change[_-]?(?:me|it|this)|sample|redact|insert|replace|your|todo|not[_-]?(?:a[_-]?)?(?:real|secret))/i;
/** An identifier of code rather than a value: letters only, with a word for a credential in it. */
const NAMES_CREDENTIAL = /^[A-Za-z_$][A-Za-z_$.-]*$/;
const CREDENTIAL_WORDS: ReadonlySet<string> = new Set(
  'password passwd passphrase pass pwd secret token tokens key keys cred creds credentials auth login user username'.split(
    ' ',
  ),
);
/** Unquoted code: a call, a member, a dereference. */
const CODE = /^[&*!]?[A-Za-z_$][\w$]*(?:(?:\??\.|->|::)[A-Za-z_$][\w$]*|\[[^\]]*\])*(?:\(.*|\?\.?|!)?[;,]?$/;
const CALL = /^[&*!(]?(?:(?:new|await) )?[A-Za-z_$][\w$.>:-]*\(/;

/** Whether what stands beside a name can be a secret: not a placeholder, a variable, a word of prose. */
export function isPlausible(
  text: string,
  value: AssignedValue,
  separator: Separator,
  sense: Exclude<KeySense, undefined>,
  name: string,
): boolean {
  const length = value.end - value.start;
  if (length < 3 || (sense !== 'strong' && length > MAX_WEAK)) return false;
  const secret = withoutMarks(text.slice(value.start, value.end));
  if (secret.length < 3) return false;
  if (sense !== 'strong') {
    if (!isRandomLooking(secret, weakLength(name)) || isPlaceholder(secret)) return false;
    return !(name.endsWith('key') && HASH.test(secret));
  }
  if (isPlaceholder(secret)) return false;
  if (/^(?:PWD|OLDPWD|pwd)$/.test(name) && /^(?:[A-Za-z]:[\\/]|\/|~)/.test(secret)) return false;
  if (separator.kind === 'space' && separator.isFlag === true) return true;
  if (separator.kind === 'list' || separator.kind === 'space') return isRandomLooking(secret, 10);
  if (separator.kind === 'call' && !separator.isTight) return /\d/.test(secret);
  if (value.quote !== '') return value.quote === '<' || !isProse(secret);
  if (/^(?:[A-Za-z_$][\w$]*(?:\.|->|::|\[))/.test(secret) && CODE.test(secret)) return false;
  if (CALL.test(secret)) return false;
  if (NAMES_CREDENTIAL.test(secret) && splitWords(secret).some((word) => CREDENTIAL_WORDS.has(word)))
    return false;
  if (hasDigitOrSign(secret)) return true;
  if (separator.isTight && !separator.isColon) return true;
  return separator.kind === 'assign' && isAloneOnItsLine(text, value, name.length);
}

/** Values that are not secrets whatever their key says. */
export function isPlaceholder(value: string): boolean {
  const trimmed = value.trim();
  if (STOP_WORDS.has(trimmed.toLowerCase()) || VARIABLE.test(trimmed)) return true;
  return PLACEHOLDER.test(trimmed) || MADE_UP.test(trimmed) || DRAWN.test(trimmed);
}

/** Letters and digits mixed in one part, `minLength` characters or more, no UUID: neither words nor a name with a number. */
export function isRandomLooking(value: string, minLength = 16): boolean {
  if (value.length < minLength || /\s/.test(value) || UUID.test(value)) return false;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return value
    .split(/[_.:/-]/)
    .some((part) => part.length >= 6 && /\d.*[A-Za-z]|[A-Za-z].*\d.*\d/.test(part));
}

/** Whether the value of a weak key in a map is a secret: random, and no hash, path or address. */
export function isWeakSecret(value: string): boolean {
  return isRandomLooking(value, 10) && !HASH.test(value) && !/[/:@]/.test(value);
}

/** The less a name says, the more the value must look like a secret. */
function weakLength(name: string): number {
  const lower = name.toLowerCase();
  if (lower.endsWith('pass')) return 6;
  if (lower.endsWith('key') || lower.endsWith('pat')) return 16;
  return lower.endsWith('auth') ? 12 : 8;
}

const HASH = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function hasDigitOrSign(value: string): boolean {
  return /[0-9!@#$%^&*+=?~/\\]/.test(value);
}

/** Three or more words of plain letters: a sentence, not a passphrase without digits. */
function isProse(value: string): boolean {
  return /^[A-Za-z' ]+[.!?:]?$/.test(value) && value.split(/\s+/).length >= 2 && value.length < 200;
}

function isAloneOnItsLine(text: string, value: AssignedValue, nameLength: number): boolean {
  const after = text[value.end];
  if (after !== undefined && after !== '\n' && after !== '\r') return false;
  const lineStart = text.lastIndexOf('\n', value.start) + 1;
  return /^(?:[\s#>-]|export )*$/.test(
    text.slice(lineStart, Math.max(lineStart, value.start - nameLength - 3)),
  );
}
