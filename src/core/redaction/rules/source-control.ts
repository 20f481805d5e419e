import type { Rule } from '../rule.ts';
import { pattern } from './pattern.ts';
import { sample } from './sample.ts';

/** Forges and package registries. */
export const SOURCE_CONTROL_RULES: readonly Rule[] = [
  pattern({
    id: 'github-token',
    literals: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    form: 'gh[pousr]_([A-Za-z0-9]{36,255})',
    border: '',
    reference: 'https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/',
    examples: () =>
      ['p', 'o', 'u', 's', 'r'].map((kind, seed) => withPrefix(`gh${kind}_`, sample('alnum', 36, seed))),
  }),
  pattern({
    id: 'github-fine-grained-token',
    literals: ['github_pat_'],
    form: 'github_pat_(\\w{22,255})',
    border: '',
    reference: 'https://github.blog/2022-10-18-introducing-fine-grained-personal-access-tokens-for-github/',
    examples: () => [withPrefix('github_pat_', `${sample('alnum', 22)}_${sample('alnum', 59)}`)],
  }),
];

function withPrefix(prefix: string, secret: string): { text: string; secret: string } {
  return { text: prefix + secret, secret };
}
