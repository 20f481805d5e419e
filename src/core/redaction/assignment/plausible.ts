import type { KeySense } from '../keys.ts';
import { withoutMarks } from '../marks.ts';
import { isChain, looksLikeCode } from './looks-like-code.ts';
import { isBasicPair, isHash, isRandomLooking } from './random-looking.ts';
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
    'test foo bar baz pass pwd yyy bearer basic digest include omit same-origin inherit enabled disabled value values user username basic oauth oauth2 jwt read write'
  ).split(' '),
);
/** Templates, variables, dots and stars of every kind. A pattern here must be sure: what it fits is shown. */
const PLACEHOLDER = new RegExp(
  `^(?:${[
    '<[^<>]*>?',
    '\\\\?\\$\\{(?:[^}]*|[^{}]*\\}\\}?)',
    '\\$\\([^)]*\\)?',
    '\\$?\\{\\{[^{}]*\\}?\\}?',
    '\\{(?:\\d|[A-Za-z_.: ]*)\\}',
    '\\{[a-z]\\w*\\(.*',
    'ENC\\[AES256_GCM.*',
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
const MAX_WEAK = 4_096;
const VARIABLE = /^\$(?:[A-Z_][A-Z0-9_]*|[a-z_]+|[a-z]+(?:[A-Z][a-z]+)+|\d)$/;
/** Eight crosses or sixteen of any character in a row. */
const DRAWN = /[xX]{8}|(.)\1{15}/;
/** Letters only, with a word nobody puts into a password. */
const MADE_UP =
  /^(?=[A-Za-z_ .-]+$).*(?:fake|dummy|example|placeholder|change[_-]?(?:me|it|this)|sample|redact|insert|replace|your|todo|not[_-]?(?:a[_-]?)?(?:real|secret))/i;
/** A placeholder's word in front: `invalid_token`, `missing-key`. */
const STATE =
  /^(?:invalid|missing|expired|unauthorized|unsupported|unknown|incorrect|no|bad)[_ -][A-Za-z_ -]+$/i;
/** The name of an environment variable, rather than what it holds. */
const VARIABLE_NAME = /^[A-Z]+(?:_[A-Z]+)+$/;
/** The documentation's own keys. */
const DOCUMENTED = /EXAMPLE(?:KEY)?={0,2}$|^(?:EXAMPLE|Example)/;
/** A file that holds it. */
const FILE_PATH =
  /^(?:(?:[A-Za-z]:[\\/]|\.{0,2}\/|~\/)[\w ./\\@-]*\.[A-Za-z]\w{1,7}|\/(?:run|var|etc|home|usr|opt|mnt|tmp|app|root|secrets)(?:\/[A-Za-z][\w.-]*){1,12})$/;
/** An address without a password, and without anything random in it. */
const ADDRESS = /^https?:\/\/[^@\s]*$/;
/** `jjwt-jackson-0.11.2`. */
const PACKAGE_VERSION = /^[a-z][a-z-]*(?:[-:@]v?\d+(?:\.\d+){1,3})$/;
/** `^1.0.12`, beside a package's name. */
const VERSION = /^[\^~<>=v]{0,3}\d+\.\d+\.\d+(?:[-+][\w.]+)?$/;
/** `string | undefined`. */
const TYPE =
  /^(?:string|number|boolean|bigint|unknown|any|null|undefined|void|never|object)(?:\[\])?(?: ?\|.*)?[;,]?$/;
/** Digits, by their very name. */
const NUMERIC_NAME = /(?:^|[^A-Za-z])(?:cvv2?|cvc|otp|totp)$/i;
/** A shell command that would give it: `etcdctl get /secret`. */
const COMMAND = /^[a-z][\w-]* [a-z-].*/;

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
  if (secret.length < 3 || isPlaceholder(secret)) return false;
  if (namesItself(name, secret) || (ADDRESS.test(secret) && !isRandomAddress(secret))) return false;
  const { kind } = separator;
  if (sense !== 'strong') {
    // `AUTH …` of Redis has nothing but a space between.
    const isSet = kind === 'assign' || kind === 'call' || kind === 'element' || separator.isFlag === true;
    if (!isSet && name !== 'AUTH') return false;
    const isRandom = isRandomLooking(secret, weakLength(name, separator)) || isBasicPair(secret);
    if (!isRandom || isQuoteOfCode(value, secret)) return false;
    return !(name.endsWith('key') && isHash(secret));
  }
  if (/^(?:PWD|OLDPWD|pwd)$/.test(name) && /^(?:[A-Za-z]:[\\/]|\/|~)/.test(secret)) return false;
  if (NUMERIC_NAME.test(name) && !/\d/.test(secret)) return false;
  if (separator.isCompared === true) return value.quote !== '' && isRandomLooking(secret, 8);
  if (kind === 'space' && separator.isFlag === true) return true;
  if ((kind === 'list' || kind === 'space') && looksLikeCode(secret)) return false;
  if (kind === 'list' || kind === 'space')
    return isRandomLooking(secret, 10) && /^[\w$!%&*+=?~/]/.test(secret);
  if (kind === 'call') return isArgument(text, value, separator, secret, name);
  if (kind === 'element')
    return /^\s{0,40}<\//.test(text.slice(value.end, value.end + 44)) || !/[(){};=>]/.test(secret);
  if (value.quote !== '')
    return (
      !isQuoteOfCode(value, secret) && !isProse(secret) && !isAfterString(text, value, separator, secret)
    );
  if (looksLikeCode(secret)) return false;
  if (kind === 'prose') return /[0-9!@#$%^&*]/.test(secret) && !/^[([<`]/.test(secret);
  if (hasDigitOrSign(secret)) return true;
  if (separator.isTight && !separator.isColon) return true;
  return kind === 'assign' && isAloneOnItsLine(text, value, name.length);
}

/** `API_KEY: 'API_KEY'`: the value repeats the name. */
function namesItself(name: string, secret: string): boolean {
  return secret.length >= name.length && flat(secret) === flat(name);
}

function flat(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
}

function isRandomAddress(address: string): boolean {
  return address.split(/[/?&=#]/).some((part) => isRandomLooking(part, 16));
}

/** A string in backquotes, which documentation uses for code and shells for commands. */
function isQuoteOfCode(value: AssignedValue, secret: string): boolean {
  if (value.quote === '') return looksLikeCode(secret);
  return value.quote === '`' && (COMMAND.test(secret) || isChain(secret));
}

/**
 * The first of several arguments is a name more often than a secret (`cookie('theme', '1')`), and so is the argument
 * of a method on a token (`token.startsWith('x')`).
 */
function isArgument(
  text: string,
  value: AssignedValue,
  separator: Separator,
  secret: string,
  name: string,
): boolean {
  if (!separator.isTight) return /\d/.test(secret);
  if (/cookie/i.test(name) && !secret.split(/[=;]/).some((part) => isRandomLooking(part.trim(), 16)))
    return false;
  const after = text.slice(value.end + value.quote.length, value.end + value.quote.length + 4).trimStart();
  return after.startsWith(',') ? isRandomLooking(secret, 8) || /[!@#$%^&*]/.test(secret) : !isProse(secret);
}

/** `log('password:', password)`: the quote behind the name closes a string, and what follows is code. */
function isAfterString(text: string, value: AssignedValue, separator: Separator, secret: string): boolean {
  if (separator.isNameQuoted || !/^[,;)\]}+. ]/.test(secret)) return false;
  const line = lineBefore(text, value.start - 1);
  return line.split(value.quote).length % 2 === 0;
}

/** A line is read back so far. */
const MAX_LINE = 512;

/** What stands in the line before `end`. */
function lineBefore(text: string, end: number): string {
  const before = text.slice(Math.max(0, end - MAX_LINE), Math.max(0, end));
  return before.slice(before.lastIndexOf('\n') + 1);
}

/** Values that are not secrets whatever their key says. */
export function isPlaceholder(value: string): boolean {
  const trimmed = value.trim();
  if (STOP_WORDS.has(trimmed.toLowerCase()) || VARIABLE.test(trimmed)) return true;
  return NOTHING.some((form) => form.test(trimmed));
}

const NOTHING: readonly RegExp[] = [
  PLACEHOLDER,
  MADE_UP,
  DRAWN,
  STATE,
  VARIABLE_NAME,
  DOCUMENTED,
  FILE_PATH,
  PACKAGE_VERSION,
  VERSION,
  TYPE,
];

/** The less a name says, the more the value must look like a secret. */
function weakLength(name: string, separator: Separator): number {
  // `MY_KEY=ab12cd`: a line of an environment.
  if (separator.isTight && !separator.isColon && /^[A-Z][A-Z0-9_]*_KEY$/.test(name)) return 6;
  const lower = name.toLowerCase();
  if (lower.endsWith('session')) return 40;
  if (lower.endsWith('pass')) return 6;
  if (lower.endsWith('key') || lower.endsWith('pat')) return 16;
  return lower.endsWith('auth') ? 12 : 8;
}

function hasDigitOrSign(value: string): boolean {
  let end = value.length;
  while (end > 0 && TRAILING.has(value[end - 1] as string)) end--;
  return /[0-9!@#$%^&*+=?~/\\]/.test(value.slice(0, end));
}

/** Signs that end a sentence or an expression around the value. */
const TRAILING: ReadonlySet<string> = new Set('/?!\\)');

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
