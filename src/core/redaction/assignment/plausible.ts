import type { KeySense } from '../keys.ts';
import { withoutMarks } from '../marks.ts';
import { isChain, looksLikeCode } from './looks-like-code.ts';
import { namesItself } from './names-itself.ts';
import { SENTENCE } from './passphrase.ts';
import { isHost, isPlaceholder } from './placeholder.ts';
import { isBasicPair, isHash, isRandomLooking } from './random-looking.ts';
import type { Separator } from './separator.ts';
import type { AssignedValue } from './value.ts';

/** What a weak name names is not longer. */
const MAX_WEAK = 4_096;
/** An address without a password, and without anything random in it. */
const ADDRESS = /^https?:\/\/[^@\s]*$/;
/** Digits, by their very name. */
const NUMERIC_NAME = /(?:^|[^A-Za-z])(?:cvv2?|cvc|otp|totp)$/i;
const SECRET_ID = /secret[._-]?id$/i;
/** Words on forms and in messages. */
const LABEL: ReadonlySet<string> = new Set(
  'enter password passwords token secret key new old current confirm repeat forgot choose type please my show hide error unexpected missing unknown no login sign remember me mot de passe'.split(
    ' ',
  ),
);
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
  if (namesItself(name, secret) || ((ADDRESS.test(secret) || isHost(secret)) && !isRandomAddress(secret)))
    return false;
  const { kind } = separator;
  if (kind === 'path') return sense === 'strong' && isRandomLooking(secret, 12);
  if (kind === 'part') return true;
  if (sense !== 'strong') {
    // `AUTH …` of Redis has nothing but a space between.
    const isSet = kind === 'assign' || kind === 'call' || kind === 'element' || separator.isFlag === true;
    if (!isSet && name !== 'AUTH') return false;
    const isRandom = isRandomLooking(secret, weakLength(name, separator)) || isBasicPair(secret);
    if (!isRandom || isQuoteOfCode(value, secret)) return false;
    return !(name.endsWith('key') && isHash(secret));
  }
  if (/^(?:PWD|OLDPWD|pwd)$/.test(name) && /^(?:[A-Za-z]:[\\/]|\/|~)/.test(secret)) return false;
  // AWS names a secret by it, Vault opens one.
  if (SECRET_ID.test(name) && !/\d/.test(secret)) return false;
  if (NUMERIC_NAME.test(name) && !/\d/.test(secret)) return false;
  if (separator.isCompared === true) return value.quote !== '' && isRandomLooking(secret, 8);
  if (kind === 'space' && separator.isFlag === true) return true;
  if ((kind === 'list' || kind === 'space') && looksLikeCode(secret)) return false;
  // `newCredentials(s2Address, …)` has arguments, `id(bob)/pw(x)` does not.
  if (kind === 'list' && text[value.start - 1] === '(' && text[value.end] === ',') return false;
  if (kind === 'list' || kind === 'space')
    return isRandomLooking(secret, isMixed(secret) ? 8 : 10) && /^[\w$!%&*+=?~/]/.test(secret);
  if (kind === 'call') return isArgument(text, value, separator, secret, name);
  if (kind === 'element')
    return (
      /^(?:\]\]>)?\s{0,40}<\//.test(text.slice(value.end, value.end + 47)) ||
      !/[(){};=>\s]|^["'`.,)]/.test(secret)
    );
  if (value.quote !== '')
    return (
      !isOneOfType(text, value) &&
      !isQuoteOfCode(value, secret) &&
      !isProse(secret) &&
      !isAfterString(text, value, separator, secret)
    );
  if (isExpression(text, value, separator, secret, name)) return false;
  if (kind === 'prose') return /[0-9!@#$%^&*]/.test(secret) && !/^[([<`]/.test(secret);
  if (hasDigitOrSign(secret)) return true;
  if (separator.isTight && !separator.isColon) return true;
  if (kind !== 'assign') return false;
  return isAloneOnItsLine(text, value, name.length) || isLastWord(text, value, secret, name);
}

/** An unquoted value that is source code, or a line of prose in the documentation of a header. */
function isExpression(
  text: string,
  value: AssignedValue,
  separator: Separator,
  secret: string,
  name: string,
): boolean {
  // No variable is named with a dash.
  const isData = (separator.isTight && !separator.isColon) || name.includes('-');
  if (looksLikeCode(secret, isData ? 'data' : isAloneOnItsLine(text, value, name.length) ? 'line' : 'code'))
    return true;
  // `secret=creds['secret']` was read up to its quote.
  if (INDEX_OR_CALL.test(secret) && /["'`]/.test(text[value.end] ?? '')) return true;
  // `secretKey: api-key` refers to one; no machine makes a key of words.
  if (separator.isColon && /key$/i.test(name) && REFERENCE.test(secret)) return true;
  if (!separator.isTight && MEMBER.test(name) && VARIABLE.test(secret)) return true;
  return /(?:authorization|cookie)$/i.test(name) && SENTENCE_LINE.test(secret) && hasSentenceWord(secret);
}

const INDEX_OR_CALL = /^[A-Za-z_$][\w$.]*[[(]$/;
/** `self.token = next`, which no file of settings has. */
const MEMBER = /^(?:self|this|cls)\./;
const REFERENCE = /^[a-z]+(?:-[a-z]+)?-key$/;
const VARIABLE = /^[a-z]+(?:[_A-Z][a-z]+)*$/;
const SENTENCE_LINE = /^[A-Z][A-Za-z',.;:() -]*$/;

function hasSentenceWord(line: string): boolean {
  return line.split(' ').some((word) => SENTENCE.has(word.toLowerCase()));
}

/** Small letters, capitals and digits: a password rather than a word. */
function isMixed(secret: string): boolean {
  return /[a-z]/.test(secret) && /[A-Z]/.test(secret) && /\d/.test(secret);
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

/** `type Token = 'a1' | 'b2'`. */
function isOneOfType(text: string, value: AssignedValue): boolean {
  const after = text.slice(value.end + value.quote.length, value.end + value.quote.length + 4);
  return (
    /^ ?\| ?["']/.test(after) &&
    /\btype [\w$]+ = ["']$/.test(text.slice(Math.max(0, value.start - 80), value.start))
  );
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

/** A label or a sentence; words of lower case without any that joins them are a passphrase. */
function isProse(value: string): boolean {
  const words = value.split(/\s+/);
  if (
    words.length > 1 &&
    /^[a-z' ]+$/.test(value) &&
    !words.some((word) => SENTENCE.has(word) || LABEL.has(word))
  )
    return false;
  return /^[A-Za-z' ]+(?:%\d)?[.!?:]?$/.test(value) && value.split(/\s+/).length >= 2 && value.length < 200;
}

/** `login failed, password: dragon`: nothing follows, and it is no state of a password. */
function isLastWord(text: string, value: AssignedValue, secret: string, name: string): boolean {
  return (
    (PASSWORD.test(name) || (NOT_ASCII.test(name) && !NOT_ASCII.test(secret))) &&
    /^(?:\r?\n|$)/.test(text.slice(value.end, value.end + 2)) &&
    !STATE_OF_ONE.test(secret)
  );
}

const NOT_ASCII = /[^\x20-\x7e]/;
const PASSWORD = /(?:pass(?:words?|wd|phrase|code)?|pwd)$/i;
const STATE_OF_ONE =
  /(?:ed|ing|able|ible|ive|ory|ally|ly|ness|tion|ch|ct|id|se|ak|rt|ng|ny|ss)[.!?]?$|[.!?,:;)\]}>]$|^(?:new|old|ok|bad|good|same|empty|blank|null|here|there|below|above|again|only|type|text|char|input)/i;

function isAloneOnItsLine(text: string, value: AssignedValue, nameLength: number): boolean {
  const after = text[value.end];
  if (after !== undefined && after !== '\n' && after !== '\r') return false;
  const lineStart = text.lastIndexOf('\n', value.start) + 1;
  return /^(?:[\s#>-]|export )*$/.test(
    text.slice(lineStart, Math.max(lineStart, value.start - nameLength - 3)),
  );
}
