import { isRandomLooking } from '../assignment/random-looking.ts';
import type { Rule } from '../rule.ts';
import { sample } from './sample.ts';
import { form } from './token.ts';

/** So far around a code it shows that it is one of OAuth. */
const REACH = 400;
const OAUTH =
  /[?&](?:state|session_state|iss|scope)=|callback|grant_type=authorization_code|redirect_uri=|oauth|oidc|openid|sign-?in|sso/i;
const CODE = /code=([\w./~+%-]{16,2048})/iy;

/** What a link or a message lets somebody in with, once: no name of a secret stands beside it. */
export const LINK_RULES: readonly Rule[] = [
  form(
    'link-token',
    ['reset/', 'magic/', 'magic-link/', 'verify/', 'verify-email/', 'activate/', 'confirm/', 'invite/'],
    '(?:reset|magic(?:-link)?|verify(?:-email)?|activate|confirm|invite)\\/([\\w-]{20,512}(?:\\.[\\w-]{4,512}){0,2})',
    'https://cheatsheetseries.owasp.org/cheatsheets/Forgot_Password_Cheat_Sheet.html',
    () => ['/reset/', sample('alnum', 32)],
    undefined,
    (secret) => isRandomLooking(secret, 20),
  ),
  form(
    'one-time-code',
    [
      'verification code',
      'security code',
      'one-time ',
      'login code',
      'confirmation code',
      'authentication code',
      'otp ',
    ],
    '(?:(?:verification|security|[Oo]ne-time|login|confirmation|authentication) (?:pass)?(?:code|word)|(?:OTP|otp))(?: for \\S{1,80})?(?: is|:)? {1,2}["\'`*]{0,2}(\\d{4,8})(?![\\d.:])',
    'https://www.rfc-editor.org/rfc/rfc4226',
    () => ['your verification code is ', sample('digits', 6)],
  ),
  {
    id: 'oauth-code',
    kind: 'url',
    literals: ['code='],
    reference: 'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2',
    redacted: 'code=REDACTED',
    find(text, at) {
      if (at > 0 && !/[?&#]/.test(text[at - 1] as string)) return undefined;
      CODE.lastIndex = at;
      const secret = CODE.exec(text)?.[1];
      if (secret === undefined || !isRandomLooking(secret)) return undefined;
      const start = at + 'code='.length;
      const end = start + secret.length;
      if (!OAUTH.test(text.slice(Math.max(0, at - REACH), end + REACH))) return undefined;
      return { start, end, ruleId: 'oauth-code', isSpecific: true };
    },
    examples: () => {
      const secret = sample('alnum', 32);
      return [{ text: `https://shop.example.com/callback?code=${secret}&state=x`, secret }];
    },
  },
];
