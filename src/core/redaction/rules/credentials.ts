import { ASSIGNMENT_ID, findAssignment } from '../assignment/assignment.ts';
import type { Rule } from '../rule.ts';
import { sample } from './sample.ts';

/** A credential beside its name, in any text. */
export const CREDENTIAL_RULES: readonly Rule[] = [
  {
    id: ASSIGNMENT_ID,
    kind: 'assignment',
    literals: [
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
      'psw',
      'kennwort',
      'contrasena',
      'senha',
      'sessid',
      'sessionid',
      '_pat',
    ],
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
