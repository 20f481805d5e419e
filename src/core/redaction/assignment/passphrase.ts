import { isPlaceholder } from './placeholder.ts';
import type { Separator } from './separator.ts';
import type { AssignedValue } from './value.ts';

/** Names whose values may be several words. */
const NAME = /(?:pass|pass_?words?|passwd|pass_?phrase|passcode|pwd|psw|secret|mnemonic|phrase)$/i;
/** A word of a passphrase: no sign that begins something else, such as `host=db1`. */
const WORD = /^[\p{L}\d'!?.@#$%^&*+~_-]{1,32}$/u;
const MAX_LENGTH = 240;
const MAX_WORDS = 16;
/** A line before the name that is no sentence: spaces, a list, `export`. */
const LINE_START = /^(?:[\s#>-]|export |set |\$env:)*$/;
const YAML_LINE = /^\s*(?:- )?[\w.-]{1,60}:(?:\s|$)/;
/** Words that make a sentence of it: "password = must be set". */
export const SENTENCE: ReadonlySet<string> = new Set(
  (
    'a an the is are was were be been must should can cannot may might will would has have had not no and or but for from of to ' +
    'in on at by with without as if then else when while than that this these those it its your you our we they he she i my ' +
    'user host port database valid invalid failed required provided given found set unset accepted rejected incorrect wrong ' +
    'changed reset expired mismatch using yes characters return throw const let var function await new'
  ).split(' '),
);
/** `PASSWORD=x npm start`: a command after its environment. */
const COMMAND =
  /^(?:node|npm|npx|yarn|pnpm|bun|deno|python3?|pip|ruby|rails|go|java|php|docker|kubectl|helm|bash|sh|make|cargo|psql|mysql|mongo|redis-cli|curl|wget|git|terraform|ansible|sudo|env|exec|cmd|\.{0,2}\/.*|--?\w.*)$/;

/**
 * Where a value of several words ends: `PASSWORD=correct horse battery`, the rest of the line; -1 when the value is
 * one word. A sentence, a command or further assignments behind the first word are not part of it.
 */
export function passphraseEnd(
  text: string,
  nameStart: number,
  name: string,
  value: AssignedValue,
  separator: Separator,
): number {
  if (value.quote !== '' || separator.kind !== 'assign' || separator.isCompared === true) return -1;
  if (text[value.end] !== ' ' || !NAME.test(name)) return -1;
  const rest = text.slice(value.start, value.start + MAX_LENGTH);
  const feed = rest.search(/[\r\n]/);
  const lineLength = feed < 0 ? rest.length : feed;
  const line = rest.slice(0, lineLength).trimEnd();
  if (lineLength === MAX_LENGTH) return -1;
  const words = line.split(' ');
  if (words.length < 2 || words.length > MAX_WORDS || isPlaceholder(words[0] as string)) return -1;
  if (!words.every((word) => WORD.test(word) && !SENTENCE.has(word.toLowerCase()))) return -1;
  if (COMMAND.test(words[1] as string)) return -1;
  const lineStart = text.lastIndexOf('\n', nameStart - 1) + 1;
  const isOwnLine = LINE_START.test(text.slice(Math.max(lineStart, nameStart - MAX_LENGTH), nameStart));
  if (separator.isColon && !(isOwnLine && isAmongFields(text, lineStart, value.start + lineLength)))
    return -1;
  // `password=hunter2 accepted`: the first word is a password of its own.
  if (!isOwnLine && /[0-9!@#$%^&*]/.test(words[0] as string)) return -1;
  return value.start + line.length;
}

/** YAML: the line before or after is a field as well. */
function isAmongFields(text: string, lineStart: number, lineEnd: number): boolean {
  const before = text.slice(Math.max(0, lineStart - MAX_LENGTH), Math.max(0, lineStart - 1));
  const after = text.slice(lineEnd, lineEnd + MAX_LENGTH).replace(/^\r?\n/, '');
  return YAML_LINE.test(before.slice(before.lastIndexOf('\n') + 1)) || YAML_LINE.test(after);
}
