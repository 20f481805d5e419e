import { isPlaceholder } from '../assignment/placeholder.ts';
import { mayHoldMarks } from '../marks.ts';
import type { Match, Rule, ScanMemo } from '../rule.ts';
import { barePasswordStart } from './bare-userinfo.ts';
import { pattern } from './pattern.ts';
import { redactedForm } from './redacted-form.ts';
import { sample } from './sample.ts';

/** What every web application has: header schemes, JSON web tokens, keys in PEM, URLs with a password. */
export const WEB_RULES: readonly Rule[] = [
  pattern({
    id: 'jwt',
    literals: ['eyJ', 'ewog'],
    form: '((?:eyJ|ewog)[\\w-]{8,16384}(?:\\.[\\w-]{4,65536}){1,4}\\.?)',
    border: '\\w-',
    reference: 'https://www.rfc-editor.org/rfc/rfc7519',
    example: jwtExample,
  }),
  pattern({
    id: 'auth-scheme',
    literals: ['bearer '],
    form: 'bearer[ \\t]{1,4}((?=[\\w.~+/-]{0,200}(?:[\\d_~+/-]|\\.\\w))[\\w.~+/=:-]{8,8192})',
    flags: 'i',
    border: 'A-Za-z',
    check: (secret) => !isPlaceholder(secret),
    reference: 'https://www.rfc-editor.org/rfc/rfc6750',
    example: bearerExample,
  }),
  pattern({
    id: 'auth-scheme',
    literals: ['basic '],
    form: 'basic[ \\t]{1,4}((?=[A-Za-z0-9+/_-]{0,64}[A-Z0-9+/=])[A-Za-z0-9+/_-]{8,4096}={0,2})(?![A-Za-z])',
    flags: 'i',
    border: 'A-Za-z',
    check: (secret) => Buffer.from(secret, 'base64').toString('latin1').includes(':'),
    reference: 'https://www.rfc-editor.org/rfc/rfc7617',
    example: () => {
      const secret = Buffer.from(`shop:${sample('alnum', 16)}`).toString('base64');
      return { text: `Authorization: Basic ${secret}`, secret };
    },
  }),
  pattern({
    id: 'auth-scheme',
    literals: ['digest '],
    form: 'digest[ \\t]{1,4}((?:\\w{2,20}=(?:"[^"\\n\\\\]{0,300}(?:"|$)|\\\\"[^"\\n\\\\]{0,300}\\\\"|[^\\s,"\\\\]{1,200})(?:,[ \\t]{0,4})?){3,20})',
    flags: 'i',
    border: 'A-Za-z',
    reference: 'https://www.rfc-editor.org/rfc/rfc7616',
    example: () => {
      const secret = sample('hex', 32);
      return {
        text: `Authorization: Digest username="bob", realm="r", nonce="n", response="${secret}"`,
        secret,
      };
    },
  }),
  pattern({
    id: 'private-key',
    kind: 'key-material',
    literals: ['private-lines: '],
    form: 'private-lines: \\d{1,3}((?:\\s{1,2}[A-Za-z0-9+/=]{16,80}){1,60})',
    flags: 'i',
    border: '',
    reference: 'https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html',
    example: () => {
      const secret = `\n${sample('base64', 64)}`;
      return { text: `Private-Lines: 1${secret}`, secret };
    },
  }),
  pattern({
    id: 'private-key',
    kind: 'key-material',
    literals: ['-----begin', '---- begin'],
    work: 16,
    form: '-----? ?BEGIN[ A-Z0-9_]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}(?=[\\s\\S]{0,240}?[A-Za-z0-9+/]{16})((?:[\\s\\S]{1,16384}?-----? ?END[ A-Z0-9_]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5})|[\\s\\S]{1,16384})',
    border: '',
    reference: 'https://www.rfc-editor.org/rfc/rfc7468',
    example: () => {
      const body = `\n${sample('base64', 64)}\n${sample('base64', 64, 2)}\n`;
      const [begin, end] = ['BEGIN', 'END'].map((word) => `-----${word} RSA PRIVATE ${'KEY'}-----`);
      return { text: `${begin}${body}${end}`, secret: body };
    },
  }),
  pattern({
    id: 'private-key',
    kind: 'key-material',
    // How the DER of RSA, elliptic curves and Ed25519 begins, in base64 without the frame of PEM.
    literals: [
      'IBADANBgkqhkiG9w0BAQEFAASC',
      'IBAAKCA',
      'IBAAKBg',
      'AgEAMBMGByqGSM49',
      'AgEAMBAGByqGSM49',
      'CAQAwBQYDK2V',
      'MHcCAQEEI',
      'MIGkAgEBBD',
      'MIHcAgEBBE',
    ],
    form: '(M(?:[\\w+/-]{1,8}?(?:IBADANBgkqhkiG9w0BAQEFAASC|IBAAK[CB][Ag]|AgEAMB[MA]GByqGSM49|CAQAwBQYDK2V)|HcCAQEEI|IGkAgEBBD|IHcAgEBBE)[\\w+/-]{20,8192}={0,2}(?:(?:\\r?\\n|\\\\n)[ \\t]{0,16}[\\w+/-]{4,80}={0,2}(?=\\r?\\n|["\'\\\\]|$)){0,200})',
    before: { chars: '\\w+/-', max: 9 },
    work: 8,
    border: '\\w+/-',
    reference: 'https://www.rfc-editor.org/rfc/rfc5958',
    example: () => {
      const secret = `MIIEvgIBADANBgkqhkiG9w0BAQEFAASC${sample('base64', 200)}`;
      return { text: `signed with ${secret}`, secret };
    },
  }),
  {
    id: 'url-signature',
    redacted: redactedForm(
      '(?:X-Amz-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature|sig|X-Goog-(?:Signature|Credential))=(.)',
    ),
    kind: 'url',
    // Case-sensitive, as the convention says; the gate itself does not mind the case.
    literals: [
      'X-Amz-Signature=',
      'X-Amz-Credential=',
      'X-Amz-Security-Token=',
      'AWSAccessKeyId=',
      'Signature=',
      'sig=',
      'X-Goog-Signature=',
      'X-Goog-Credential=',
    ],
    find: findSignature,
    reference: 'https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/',
    examples: () => {
      const secret = sample('hex', 64);
      return [{ text: `https://bucket.example.com/a?X-Amz-Signature=${secret}&x=1`, secret }];
    },
  },
  {
    id: 'url-userinfo',
    redacted: redactedForm('(?:[a-z][a-z\\d+.-]{0,30}:\\/\\/)?(.)?(?::(.))?@[\\w.-]{0,255}'),
    kind: 'url',
    literals: ['@'],
    find: findUserinfo,
    reference: 'https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/',
    examples: () => {
      const secret = sample('alnum', 16);
      return ['postgres://', ''].map((scheme) => ({
        text: `${scheme}shop:${secret}@db.internal:5432/shop`,
        secret,
      }));
    },
  },
];

const PARAMETER_END = /[&#\s"'<>`\\]|$/g;
const MAX_PARAMETER = 4_096;

/** A parameter of a signed URL: the name stays, the value goes, whatever it looks like. */
function findSignature(text: string, at: number, literal: string): Match | undefined {
  if (!text.startsWith(literal, at)) return undefined;
  // A query on its own may begin with it.
  if (at === 0 ? !text.includes('&') : !/[?&;]/.test(text[at - 1] as string)) return undefined;
  const start = at + literal.length;
  const stretch = text.slice(start, start + MAX_PARAMETER);
  PARAMETER_END.lastIndex = 0;
  const length = PARAMETER_END.exec(stretch)?.index ?? stretch.length;
  if (length === 0 || stretch.startsWith('REDACTED')) return undefined;
  return { start, end: start + length, ruleId: 'url-signature', isSpecific: true };
}

const MAX_USERINFO = 1_024;
/** Nobody's password: a variable, stars, crosses. */
const TEMPLATE =
  /^(?:\$\{[^{}]*\}|\$\(\w+\)|\$[A-Z_]{3,}|\{{1,2}[^{}]*\}{1,2}|\*{3,}|[xX]{3,}|%s|%?\.{3}|…|(?:(?:YOUR|MY|REPLACE|INSERT|ENTER|CHANGE)[_-][A-Z_-]{2,40})|(?:PASS|PASSWORD|TOKEN)(?:_HERE)?)$/;
const SCHEME_BEFORE = /([A-Za-z][A-Za-z0-9+.-]{0,30}):\/\/$/;

/** `at` is the at sign of a URL or of an address without a scheme. */
function findUserinfo(text: string, at: number, _literal: string, memo: ScanMemo): Match[] | undefined {
  const found = findInUrl(text, at, memo);
  if (found !== undefined) return found;
  const start = barePasswordStart(text, at);
  return start < 0 ? undefined : [{ start, end: at, ruleId: 'url-userinfo', isSpecific: true }];
}

/** `scheme://user:password@host`: both parts, or a lone user of http(s), which is a token. */
function findInUrl(text: string, at: number, memo: ScanMemo): Match[] | undefined {
  while (memo.nextUrl >= 0 && memo.nextUrl < at) {
    memo.url = memo.nextUrl;
    memo.nextUrl = text.indexOf('://', memo.nextUrl + 3);
  }
  if (memo.url < 0 || at - memo.url > MAX_USERINFO) return undefined;
  const start = memo.url + 3;
  const userinfo = text.slice(start, at);
  if (userinfo === '' || /[\s"'<>`]/.test(userinfo)) return undefined;
  if (mayHoldMarks(userinfo) && userinfo.includes(':')) return undefined;
  const scheme = SCHEME_BEFORE.exec(text.slice(Math.max(0, start - 40), start))?.[1]?.toLowerCase();
  if (scheme === undefined) return undefined;
  const colon = userinfo.indexOf(':');
  // An at sign in a path: nothing but a host and a port stands before the first slash.
  if (/[/?#\\]/.test(userinfo) && (colon < 0 || /^[^/?#]*[/?#]/.test(userinfo.slice(0, colon + 1))))
    return undefined;
  if (/^[^:/?#]*:\d{0,5}[/?#\\]/.test(userinfo)) return undefined;
  if (colon < 0) {
    return (scheme === 'http' || scheme === 'https') && !TEMPLATE.test(userinfo)
      ? [{ start, end: at, ruleId: 'url-userinfo', isSpecific: true }]
      : undefined;
  }
  if (TEMPLATE.test(userinfo.slice(colon + 1))) return undefined;
  const matches: Match[] = [];
  if (colon > 0) matches.push({ start, end: start + colon, ruleId: 'url-userinfo', isSpecific: true });
  if (at > start + colon + 1)
    matches.push({ start: start + colon + 1, end: at, ruleId: 'url-userinfo', isSpecific: true });
  return matches;
}

function jwtExample(): { text: string; secret: string } {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const secret = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: sample('digits', 10) })}.${sample('url', 43)}`;
  return { text: secret, secret };
}

function bearerExample(): { text: string; secret: string } {
  const secret = sample('url', 40);
  return { text: `Authorization: Bearer ${secret}`, secret };
}
