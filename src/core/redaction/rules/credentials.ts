import { ASSIGNMENT_ID, findAssignment } from '../assignment/assignment.ts';
import { otherLiterals } from '../names.ts';
import type { Rule } from '../rule.ts';
import { redactedForm } from './redacted-form.ts';
import { sample } from './sample.ts';

/** What is in every name of a credential. */
const NAMES: readonly string[] = [
  'pass',
  'pwd',
  'secret',
  'token',
  'key',
  'auth',
  'cred',
  'cookie',
  'jwt',
  'bearer',
  'sig',
  'otp',
  'cvv',
  'cvc',
  'nonce',
  'salt',
  'mnemonic',
  'ssn',
  'psk',
  'psw',
  'sessid',
  'session',
  'sessionid',
  '_pat',
  'verifier',
  'crumb',
  'pasw',
  'paasw',
  'pssw',
  'pin_code',
  'pincode',
  'access_code',
  'accesscode',
  'activation_code',
  'pat=',
  'pat"',
  'samlresponse',
  'art-api',
];

/** Short names, with what stands behind it: a literal of the gate has three characters. */
const SHORT_NAMES: readonly string[] = [...[...':=> ()-'].map((sign) => `pw${sign}`), 'sid='];

/** A credential beside its name, in any text. */
export const CREDENTIAL_RULES: readonly Rule[] = [
  {
    id: ASSIGNMENT_ID,
    kind: 'assignment',
    literals: [...new Set([...NAMES, ...SHORT_NAMES, ...otherLiterals()])],
    redacted: redactedForm(
      `[\\w.-]{0,24}(?:${[...NAMES, 'pw'].join('|')})[\\w.-]{0,24}["'\`]{0,1}[ \\t]{0,2}[:=][ \\t]{0,2}["'\`]{0,1}(.)`,
    ),
    find: (text, at, _literal, memo) => findAssignment(text, at, memo),
    reference: 'https://github.com/Samsung/CredData',
    examples: () => {
      const secret = sample('alnum', 20);
      return [
        `password=${secret}`,
        `pwd: ${secret}`,
        `mytool --token ${secret} run`,
        `{"client_secret": "${secret}"}`,
        `user=bob&passwd=${secret}&x=1`,
        `DB_PASSWORD=${secret}`,
        `<password>${secret}</password>`,
        `Server=db;User Id=sa;Password=${secret};`,
        `client.setPassword("${secret}")`,
      ].map((text) => ({ text, secret }));
    },
  },
];
