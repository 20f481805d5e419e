import { isIPv6 } from 'node:net';
import type { Match, Rule } from '../rule.ts';
import type { RunRule } from '../run-rule.ts';
import { hasIbanCheck, hasLuhnDigit } from './checksums.ts';
import { pattern } from './pattern.ts';
import { redactedForm } from './redacted-form.ts';
import { sample } from './sample.ts';

const CARD =
  /(?<![\d.,-])(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -]?)\d{6}\2\d{4,5})(?![\d-]|[.,]\d)/g;
const ISSUERS =
  /^(?:4\d{15}|4\d{18}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|62\d{14,17}|35(?:2[89]|[3-8]\d)\d{12}|(?:50[123]8|5612|5893|6304|6759|676[1-3])\d{12})$/;
const IBAN = /(?<![A-Z0-9])([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)(?![A-Z0-9])/g;
const SSN = /(?<![\d-])(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\d-])/g;
const PHONE = /(?<![\d-])(?:1[ -])?[2-9]\d{2}([ -])[2-9]\d{2}\1\d{4}(?![\d-])/g;
const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const DIGITS: readonly string[] = [...'0123456789'];
const HEX: readonly string[] = [...'0123456789abcdef'];
/** What stands around a colon: one digit on each side tells most other colons apart. */
const GROUPS: readonly string[] = HEX.flatMap((first) => [
  `::${first}`,
  `${first}::`,
  ...HEX.map((second) => `${first}:${second}`),
]);
/** Length of an account number by country. https://www.swift.com/standards/data-standards/iban */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 ' +
    'LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 ' +
    'QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** Numbers of persons, told by their check digits. */
export const NUMBER_RULES: readonly RunRule[] = [
  {
    id: 'card',
    redacted: redactedForm('(.)\\d{4}'),
    reference: 'https://www.iso.org/standard/70484.html',
    find: (text, start, end) =>
      within(CARD, text, start, end, (number) => {
        const digits = number.replace(/\D/g, '');
        // The last four are what a person needs to tell cards apart.
        return ISSUERS.test(digits) && hasLuhnDigit(digits) ? { ruleId: 'card', keptAtEnd: 4 } : undefined;
      }),
    examples: () => ['4', '51', '37'].map((issuer) => cardExample(issuer, issuer === '37' ? 15 : 16)),
  },
  {
    id: 'iban',
    reference: 'https://www.swift.com/standards/data-standards/iban',
    find: (text, start, end) =>
      within(IBAN, text, start, end, (number) => {
        const iban = number.replaceAll(' ', '');
        const length = IBAN_LENGTHS[iban.slice(0, 2)];
        return length === iban.length && hasIbanCheck(iban) ? { ruleId: 'iban', keptAtEnd: 0 } : undefined;
      }),
    examples: () => [ibanExample()],
  },
  {
    id: 'us-ssn',
    reference: 'https://www.ssa.gov/employer/randomization.html',
    find: (text, start, end) => within(SSN, text, start, end, () => ({ ruleId: 'us-ssn', keptAtEnd: 0 })),
    examples: () => {
      const secret = ['536', '22', '8411'].join('-');
      return [{ text: `ssn on file ${secret}`, secret }];
    },
  },
  {
    id: 'phone',
    isOptIn: true,
    reference: 'https://www.itu.int/rec/T-REC-E.123',
    find: (text, start, end) => within(PHONE, text, start, end, () => ({ ruleId: 'phone', keptAtEnd: 0 })),
    examples: () => {
      const secret = ['212', '555', '0187'].join('-');
      return [{ text: `call ${secret}`, secret }];
    },
  },
];

const EMAIL: Rule = pattern({
  id: 'email',
  kind: 'personal',
  literals: ['@'],
  form: '([\\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\\.){1,5}[A-Za-z]{2,24})',
  border: '\\w.+-',
  before: { chars: '\\w.+-', max: 64 },
  reference: 'https://www.rfc-editor.org/rfc/rfc5322',
  example: () => {
    const secret = `${sample('lower', 8)}@example.com`;
    return { text: `mail to ${secret}`, secret };
  },
});

const MAX_BEFORE = 256;
const USERINFO = /https?:\/\/[^\s/?#@]{0,128}$|[a-z][a-z\d+.-]{1,20}:\/\/[^\s/?#@:]{0,128}:[^\s/?#@]{0,64}$/i;

/** Off unless enabled. */
export const CONTACT_RULES: readonly Rule[] = [
  {
    ...EMAIL,
    find(text, at, literal, memo) {
      const found = EMAIL.find(text, at, literal, memo) as Match | undefined;
      // The host of a URL is no part of an address: what stands before it is the URL's user.
      return found !== undefined &&
        USERINFO.test(text.slice(Math.max(0, found.start - MAX_BEFORE), found.start))
        ? undefined
        : found;
    },
    isOptIn: true,
  },
  {
    ...pattern({
      id: 'phone',
      kind: 'personal',
      literals: DIGITS.flatMap((first) => DIGITS.map((second) => `+${first}${second}`)),
      form: '(\\+\\d{1,3}[ .-]?(?:\\(\\d{1,4}\\)[ .-]?)?\\d{1,4}(?:[ .-]?\\d{2,4}){2,4})(?!\\d)',
      border: '\\w',
      reference: 'https://www.itu.int/rec/T-REC-E.164',
      example: () => {
        const secret = `+49${' '}30${' '}${sample('digits', 7)}`;
        return { text: `call ${secret}`, secret };
      },
    }),
    isOptIn: true,
  },
  {
    ...pattern({
      id: 'ip-address',
      kind: 'personal',
      literals: DIGITS.flatMap((first) => DIGITS.map((second) => `${first}.${second}`)),
      form: `(${OCTET}(?:\\.${OCTET}){3})(?![\\w.])`,
      border: '\\w.',
      before: { chars: '\\d', max: 2 },
      reference: 'https://www.rfc-editor.org/rfc/rfc791',
      example: () => {
        const secret = ['203', '0', '113', '87'].join('.');
        return { text: `from ${secret}`, secret };
      },
    }),
    isOptIn: true,
  },
  {
    ...pattern({
      id: 'ip-address',
      kind: 'personal',
      // Every address of version 6 has two colons with less than five digits between, or beside each other.
      literals: GROUPS,
      form: '([0-9A-Fa-f:]{2,39}(?:(?:\\d{1,3}\\.){3}\\d{1,3})?(?:%[A-Za-z0-9]{1,15})?)(?![\\w:])',
      border: '\\w:.',
      before: { chars: '0-9A-Fa-f:', max: 39 },
      check: (address) => /\d/.test(address) && isIPv6(address),
      reference: 'https://www.rfc-editor.org/rfc/rfc4291',
      example: () => {
        const secret = `2001:db8:${sample('hex', 4)}::${sample('hex', 4, 2)}`;
        return { text: `from ${secret}`, secret };
      },
    }),
    isOptIn: true,
  },
];

interface Verdict {
  readonly ruleId: string;
  readonly keptAtEnd: number;
}

function within(
  expression: RegExp,
  text: string,
  start: number,
  end: number,
  judge: (number: string) => Verdict | undefined,
): Match | undefined {
  // The characters around the run decide whether a number stands alone.
  const from = Math.max(0, start - 1);
  const stretch = text.slice(from, end + 2);
  expression.lastIndex = 0;
  for (let found = expression.exec(stretch); found !== null; found = expression.exec(stretch)) {
    const verdict = judge(found[0]);
    if (verdict !== undefined) {
      const at = from + found.index;
      return {
        start: at,
        end: at + found[0].length - verdict.keptAtEnd,
        ruleId: verdict.ruleId,
        isSpecific: true,
      };
    }
  }
  return undefined;
}

function cardExample(issuer: string, length: number): { text: string; secret: string } {
  const body = issuer + sample('digits', length - 1 - issuer.length);
  for (let check = 0; check < 10; check++) {
    if (hasLuhnDigit(body + check))
      return { text: `paid with ${body}${check}`, secret: (body + check).slice(0, -4) };
  }
  return { text: body, secret: body };
}

function ibanExample(): { text: string; secret: string } {
  const account = sample('digits', 18);
  for (let check = 2; check < 99; check++) {
    const secret = `DE${String(check).padStart(2, '0')}${account}`;
    if (hasIbanCheck(secret)) return { text: `pay to ${secret} now`, secret };
  }
  return { text: account, secret: account };
}
