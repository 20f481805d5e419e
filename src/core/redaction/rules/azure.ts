import { isPlaceholder } from '../assignment/placeholder.ts';
import type { Rule } from '../rule.ts';
import { pattern } from './pattern.ts';
import { sample } from './sample.ts';
import { form } from './token.ts';

const AZURE = 'https://learn.microsoft.com/en-us/purview/sit-defn-azure-storage-account-key';
const AZURE_KEYS = 'https://github.com/microsoft/security-utilities';

/** Microsoft's cloud. */
export const AZURE_RULES: readonly Rule[] = [
  {
    ...form(
      'azure-ad-secret',
      digitsBefore('Q~'),
      '(\\w{3}\\dQ~[\\w~.-]{31,34})',
      'https://learn.microsoft.com/en-us/purview/sit-defn-azure-ad-client-secret',
      () => ['', `${sample('alnum', 3)}8Q~${sample('alnum', 34)}`],
      '\\w',
    ),
    find: azureAdSecret,
  },
  form(
    'azure-refresh-token',
    ['0.A', '1.A'],
    '[01]\\.A([\\w-]{30,400}(?:\\.\\d)?(?:\\.A[\\w-]{100,8192}){1,3})',
    'https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens',
    () => ['0.A', `${sample('url', 60)}.A${sample('url', 300)}`],
    '\\w.',
  ),
  form(
    'azure-sas',
    ['sig=', 'sig%3d'],
    '(?:sig=|sig%3D)((?=[\\w%+/-]{0,60}(?:%|[A-Z+/]))[\\w%+/-]{40,100}={0,2})',
    'https://learn.microsoft.com/en-us/azure/storage/common/storage-sas-overview',
    () => ['sig=', `${sample('base64', 43)}%3D`.replace(/[=]/g, 'A')],
    'A-Za-z',
  ),
  form(
    'azure-storage-key',
    ['accountkey=', 'sharedaccesskey='],
    '(?:[Aa]ccount[Kk]ey|[Ss]hared[Aa]ccess[Kk]ey)=([A-Za-z0-9+/]{40,88}={0,2})',
    AZURE,
    () => ['AccountKey=', `${sample('alnum', 86)}==`],
  ),
  pattern({
    id: 'azure-key',
    literals: [
      '+ASt',
      'ACDb',
      '+ACR',
      'AzSe',
      'AzFu',
      'AzCa',
      '+ABa',
      '+AEh',
      '+ASb',
      'AIoT',
      'APIM',
      '+ARm',
    ],
    // A signature of the service stands near the end, at a place of its own.
    form: '([A-Za-z0-9+/]{32,77}(?:\\+A(?:St|CR|Ba|Eh|Sb|Rm)|ACDb|Az(?:Se|Fu|Ca)|AIoT|APIM)[A-Za-z0-9+/]{5,6}={0,2})(?![A-Za-z0-9+/])',
    before: { chars: 'A-Za-z0-9+/', max: 77 },
    border: 'A-Za-z0-9+/',
    reference: AZURE_KEYS,
    example: () => {
      const secret = `${sample('alnum', 42)}+ACR${sample('alnum', 6)}`;
      return { text: `registry ${secret}`, secret };
    },
  }),
  pattern({
    id: 'azure-key',
    literals: ['JQQJ99', 'JQQJ9D', 'JQQJ9H'],
    form: '([A-Za-z0-9+/]{52}JQQJ9[9DH][A-Za-z0-9+/]{26,30}={0,2})(?![A-Za-z0-9+/])',
    before: { chars: 'A-Za-z0-9+/', max: 52 },
    border: 'A-Za-z0-9+/',
    reference: AZURE_KEYS,
    example: () => {
      const secret = `${sample('alnum', 52)}JQQJ99${sample('alnum', 26)}`;
      return { text: `key ${secret}`, secret };
    },
  }),
  pattern({
    id: 'azure-storage-key',
    literals: ['accountkey', 'account_key', 'storagekey', 'storage_key'],
    // Whatever stands between name and key: a line break, an operator, a brace.
    form: '(?:account|storage)_?key[^A-Za-z0-9+/]{1,60}([A-Za-z0-9+/]{86}==)',
    flags: 'i',
    border: '',
    reference: AZURE,
    example: () => {
      const secret = `${sample('alnum', 86)}==`;
      return { text: `ACCOUNT_KEY\n  = "${secret}"`, secret };
    },
  }),
  {
    id: 'azure-devops-token',
    kind: 'token',
    literals: ['AZDO'],
    reference:
      'https://learn.microsoft.com/en-us/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate',
    find(text, at) {
      const start = at - 76;
      if (start < 0 || !/^[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}$/.test(text.slice(start, at + 8)))
        return undefined;
      return { start, end: at + 8, ruleId: 'azure-devops-token', isSpecific: true };
    },
    examples: () => {
      const secret = `${sample('alnum', 76)}AZDO${sample('alnum', 4)}`;
      return [{ text: `pat ${secret}`, secret }];
    },
  },
];

function digitsBefore(rest: string): string[] {
  return Array.from({ length: 10 }, (_, digit) => `${digit}${rest}`);
}

/** Three characters stand before the literal, which itself is a digit and `Q~`. */
function azureAdSecret(text: string, at: number): ReturnType<Rule['find']> {
  const start = at - 3;
  if (start < 0 || /[\w~.]/.test(text[start - 1] ?? '')) return undefined;
  const found = /^[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/.exec(text.slice(start, start + 44));
  if (found === null || isPlaceholder(found[0])) return undefined;
  return { start, end: start + found[0].length, ruleId: 'azure-ad-secret', isSpecific: true };
}
