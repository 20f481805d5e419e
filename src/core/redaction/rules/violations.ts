import { isPlaceholder } from '../assignment/placeholder.ts';
import { senseOfKey } from '../keys.ts';
import { withoutMarks } from '../marks.ts';
import type { Match, Rule, ScanMemo } from '../rule.ts';
import { workOf } from '../work.ts';
import { redactedForm } from './redacted-form.ts';
import { sample } from './sample.ts';

const ID = 'sql-password';
/** How databases and their mappers quote the value that broke a constraint, and name its columns, before or after. */
const FORMS: Readonly<Record<string, RegExp>> = {
  'key (':
    /key \((?<name>[^()\n]{1,200})\)=\((?<value>[^\n]{1,512}?)\)(?= (?:already |is |conflicts )|\.|$)/diy,
  'duplicate entry ':
    /duplicate entry '{1,2}(?<value>(?:[^'\n]|'(?!'? for key)){1,512})'{1,2} for key '{1,2}(?<name>[^'\n]{1,128})'/diy,
  'unique key constraint ':
    /unique key constraint '{1,2}(?<name>[^'\n]{1,128})'[^\n]{0,200}? duplicate key value is \((?<value>[^()\n]{1,512})\)/diy,
  'failed for value ':
    /failed for value (?<quote>["'`])(?<value>[^\n]{1,512}?)\k<quote>(?: \(type \w{1,20}\))? at path ["'`](?<name>[^"'`\n]{1,128})/diy,
};

/** What stands around a value that is masked. */
const LEFT =
  '(?:=\\((.)\\)(?: already exists| is not present)?|(?:duplicate entry|for value) ["\'`]{1,2}(.)["\'`]{1,2}(?: for key| at path)?|duplicate key value is \\((.)\\))';

/** `Key (api_token)=(…) already exists.`: the values of columns whose names say so, in messages of databases. */
export const VIOLATION_RULES: readonly Rule[] = [
  {
    id: ID,
    kind: 'assignment',
    literals: Object.keys(FORMS),
    work: 8,
    redacted: redactedForm(LEFT),
    find: findValues,
    reference: 'https://www.postgresql.org/docs/current/errcodes-appendix.html',
    examples: () => {
      const secret = sample('alnum', 14);
      return [
        `Key (api_token)=(${secret}) already exists.`,
        `Duplicate entry '${secret}' for key 'users.api_token'`,
        `Violation of UNIQUE KEY constraint 'UQ_token'. The duplicate key value is (${secret}).`,
        `Cast to Number failed for value "${secret}" (type string) at path "apiToken"`,
      ].map((text) => ({ text, secret }));
    },
  },
];

function findValues(text: string, at: number, literal: string, memo: ScanMemo): Match[] | undefined {
  const form = FORMS[literal] as RegExp;
  form.lastIndex = at;
  const found = form.exec(text);
  const place = found?.indices?.groups?.value;
  if (found === null || place === undefined) return undefined;
  memo.work += workOf(form.lastIndex - at);
  const names = (found.groups?.name ?? '').split(',').map((name) => senseOfKey(name.trim()) === 'strong');
  if (!names.includes(true)) return undefined;
  const value = text.slice(place[0], place[1]);
  const values = value.split(', ');
  const isEach = values.length === names.length;
  const matches: Match[] = [];
  let start = place[0];
  for (const [index, secret] of (isEach ? values : [value]).entries()) {
    if ((!isEach || names[index]) && !isPlaceholder(withoutMarks(secret)) && withoutMarks(secret) !== '')
      matches.push({ start, end: start + secret.length, ruleId: ID, isSpecific: true });
    start += secret.length + 2;
  }
  return matches.length === 0 ? undefined : matches;
}
