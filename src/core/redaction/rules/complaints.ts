import { ASSIGNMENT_ID } from '../assignment/assignment.ts';
import { isPlaceholder } from '../assignment/placeholder.ts';
import { senseOfKey } from '../keys.ts';
import { withoutMarks } from '../marks.ts';
import type { Match, Rule, ScanMemo } from '../rule.ts';
import { workOf } from '../work.ts';
import { sample } from './sample.ts';

/** How far before and behind a value its name is looked for. */
const REACH = 160;
/** Most places end at one small expression. */
const REJECTED = 0.25;
/** The words before a value are looked at one by one. */
const NAMES = 24;
/** Jackson says it on the next line. */
const FAR_REACH = 400;
const QUOTED = `\\\\{0,4}(?<quote>''(?=\\w)|["'\`])(?<value>(?:(?!\\k<quote>)[^\\n\\\\]){3,256})\\\\{0,4}\\k<quote>`;

/** Words that a quoted value follows, each with how it goes on to the value. The gate looks for their rarest part. */
const CUES: Readonly<Record<string, RegExp>> = {
  ceived: cue(`:? {0,2}\`?${QUOTED}`),
  'd value': cue(`:? {0,2}(?:${QUOTED}|\\[(?<listed>[^\\]\\n]{3,256})\\])`),
  't value': cue(`:? {0,2}${QUOTED}`),
  'r value': cue(`:? {0,2}${QUOTED}`),
  'e value': cue(` {1,2}${QUOTED}`),
  'l value was': cue(`:? {0,2}\`?${QUOTED}`),
  't_value=': cue(QUOTED),
  't got ': cue(QUOTED),
  't was ': cue(QUOTED),
  'gument ': cue(QUOTED),
  'm string ': cue(QUOTED),
};
/** `expected 'x' to equal 'y'` */
const EXPECTED = new RegExp(
  `xpected (?:[\\w.-]{1,40} ){0,3}${QUOTED}(?: (?:not|to|be|been|deeply|strictly|equal|eql|match|contain|include|have|loosely)){1,6} (["'\`])(?<other>[^\\n]{3,256}?)\\3`,
  'diy',
);
/** `+ actual - expected`, and below it lines with a sign and a text. */
const DIFF = /xpected\r?\n\s{0,8}(?=[+-] )/y;
const DIFF_LINE = /[+-] {1,8}(["'`])([^\n]{3,256}?)\1,?(?:\r?\n|$)/y;
/** `equal(user.password, 'x')`, and `expect(user.password).to.equal('x')`. */
const COMPARED = new RegExp(
  `(?:qual|tobe)\\(\\s{0,8}(?:(?<name>[\\w.$?!\\[\\]]{2,80}),\\s{0,8})?${QUOTED}`,
  'diy',
);
const SUBJECT = /\(([\w.$?!["'\]]{2,80})\)(?:\.\w{0,16}){1,5}$/;

/** A name in quotes, of a flag, of a path, or one that something is said about. */
const NAME =
  /(["'`]?)(\$?-{0,2}[\p{L}_][\p{L}\p{M}\w.[\]-]{1,63})(?:\1|(?= <))(?=(["'`])|(:)|\)|,? (?:must|should|does|do|is|has|was|were|cannot|to|with|not|["'`]|<[\w -]{1,40}>)|(?: --)|\r?\n {2}|, | ?$)/gu;
/** A parser's own word. */
const PARSER = /(?:unexpected|illegal|invalid|missing|next|bad|no) $/i;
/** What stands between a value and the name of its field. */
const FIELD_BEHIND =
  /^,?(?: (?:is|not|in|valid|invalid|allowed|accepted|supplied|provided|given)){0,4} (?:for|of|at|in|on|as|to) (?:the )?(?:(?:field|property|path|parameter|param|key|column|argument|attribute|option|header|flag|variable|input|setting) )?["'`\\]{0,4}(-{0,2}[\w.$[\]-]{2,64})/;
const CHAIN_BEHIND =
  /^ supplied to ?: [^\n]{0,200}?\/([\w.-]{2,64}): \w|reference chain: [^\n]{0,200}\["([\w.-]{2,64})"\]\)/;

/** What validators, parsers of arguments and assertions quote beside the name of a credential. */
export const COMPLAINT_RULES: readonly Rule[] = [
  {
    id: ASSIGNMENT_ID,
    kind: 'assignment',
    literals: Object.keys(CUES),
    work: REJECTED,
    find: findQuoted,
    reference: 'https://github.com/validatorjs/validator.js',
    examples: () => {
      const secret = sample('alnum', 14);
      return [
        `Variable "$password" got invalid value "${secret}"; it is no string`,
        `invalid value "${secret}" for flag -password: parse error`,
      ].map((text) => ({ text, secret }));
    },
  },
  {
    id: ASSIGNMENT_ID,
    kind: 'assignment',
    literals: ['xpected', 'qual(', 'tobe('],
    work: REJECTED,
    find: (text, at, literal, memo) => (literal === 'xpected' ? findExpected : findCompared)(text, at, memo),
    reference: 'https://nodejs.org/api/assert.html',
    examples: () => {
      const secret = sample('alnum', 14);
      return [{ text: `expect(user.password).toBe('${secret}')`, secret }];
    },
  },
];

function cue(rest: string): RegExp {
  return new RegExp(rest, 'diy');
}

function findQuoted(text: string, at: number, literal: string, memo: ScanMemo): Match[] | undefined {
  const form = CUES[literal] as RegExp;
  form.lastIndex = at + literal.length;
  const groups = form.exec(text)?.indices?.groups;
  const place = groups?.value ?? groups?.listed;
  if (place === undefined) return undefined;
  memo.work += NAMES;
  // A text of words is a value only where it is called one.
  if (!literal.includes('value') && /\s/.test(text.slice(...place))) return undefined;
  if (!isNamedBefore(text, at) && !isNamedBehind(text, form.lastIndex)) return undefined;
  return matchesOf(text, [place]);
}

function findExpected(text: string, at: number, memo: ScanMemo): Match[] | undefined {
  EXPECTED.lastIndex = at;
  const groups = EXPECTED.exec(text)?.indices?.groups;
  if (groups?.value !== undefined) {
    memo.work += NAMES;
    const isNamed = isNamedBefore(text, groups.value[0] - 1);
    return isNamed ? matchesOf(text, [groups.value, groups.other as [number, number]]) : undefined;
  }
  DIFF.lastIndex = at;
  if (!DIFF.test(text)) return undefined;
  memo.work += NAMES;
  const before = text.slice(Math.max(0, at - REACH), at);
  if (!namesIn(before)) return undefined;
  const places: [number, number][] = [];
  for (DIFF_LINE.lastIndex = DIFF.lastIndex; places.length < 8; ) {
    const line = DIFF_LINE.exec(text);
    if (line === null) break;
    const start = line.index + line[0].indexOf(line[1] as string) + 1;
    places.push([start, start + (line[2] as string).length]);
  }
  return matchesOf(text, places);
}

function findCompared(text: string, at: number, memo: ScanMemo): Match[] | undefined {
  COMPARED.lastIndex = at;
  const found = COMPARED.exec(text);
  const place = found?.indices?.groups?.value;
  if (found === null || place === undefined) return undefined;
  memo.work += workOf(REACH);
  const name = found.groups?.name ?? SUBJECT.exec(text.slice(Math.max(0, at - REACH), at))?.[1];
  return name !== undefined && isCredential(name) ? matchesOf(text, [place]) : undefined;
}

/** Whether a name stands before `end`, in its line or alone in the one before. */
function isNamedBefore(text: string, end: number): boolean {
  const before = text.slice(Math.max(0, end - REACH), end);
  const line = before.lastIndexOf('\n');
  return namesIn(line < 0 ? before : before.slice(Math.max(0, before.lastIndexOf('\n', line - 1) + 1)));
}

function namesIn(before: string): boolean {
  for (const { index, 1: quote, 2: name = '' } of before.matchAll(NAME)) {
    if (quote === '' && /^tokens?$/i.test(name) && PARSER.test(before.slice(0, index))) continue;
    if (isCredential(name)) return true;
  }
  return false;
}

function isNamedBehind(text: string, from: number): boolean {
  const behind = text.slice(from, from + FAR_REACH);
  const name = FIELD_BEHIND.exec(behind)?.[1];
  if (name !== undefined && isCredential(name)) return true;
  const chain = CHAIN_BEHIND.exec(behind);
  return chain !== null && isCredential(chain[1] ?? chain[2] ?? '');
}

function isCredential(name: string): boolean {
  return senseOfKey(name.replace(/[.-]+$/, '')) === 'strong';
}

function matchesOf(text: string, places: readonly (readonly [number, number])[]): Match[] | undefined {
  const matches = places
    .filter(([start, end]) => {
      const value = withoutMarks(text.slice(start, end));
      return value !== '' && !isPlaceholder(value);
    })
    .map(([start, end]) => ({ start, end, ruleId: ASSIGNMENT_ID }));
  return matches.length === 0 ? undefined : matches;
}
