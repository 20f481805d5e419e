import type { Rule } from '../rule.ts';
import { crcTail, hasCrcTail } from './checksums.ts';
import { pattern } from './pattern.ts';
import { sample } from './sample.ts';
import { form, token } from './token.ts';

const GITHUB = 'https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/';
const GITLAB = 'https://docs.gitlab.com/security/tokens/#token-prefixes';

/** Forges, registries of packages, builds. */
export const CODE_HOSTING_RULES: readonly Rule[] = [
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) =>
    pattern({
      id: 'github-token',
      literals: [prefix],
      // With the right checksum it is one wherever it stands; without, it must stand alone.
      form: `${prefix}([A-Za-z0-9]{36,255})`,
      border: '',
      check: (secret, whole) => hasCrcTail(secret) || whole.length >= 40,
      reference: GITHUB,
      example: () => {
        const body = sample('alnum', 30);
        return { text: prefix + body + crcTail(body), secret: body + crcTail(body) };
      },
    }),
  ),
  form(
    'github-token',
    'ghs_',
    // The newer ones of installations are signed.
    'ghs_\\d{1,20}_(eyJ[\\w-]{15,800}(?:\\.[\\w-]{0,2000}){1,8})',
    GITHUB,
    () => [
      `ghs_${sample('digits', 8)}_`,
      `eyJ${sample('alnum', 30)}.${sample('alnum', 60)}.${sample('url', 86)}`,
    ],
    '',
  ),
  form(
    'github-fine-grained-token',
    'github_pat_',
    'github_pat_(\\w{22,255})',
    GITHUB,
    () => ['github_pat_', `${sample('alnum', 22)}_${sample('alnum', 59)}`],
    '',
  ),
  form(
    'gitlab-token',
    [
      'glpat-',
      'gldt-',
      'glrt-',
      'glrtr-',
      'glcbt-',
      'glptt-',
      'glft-',
      'glsoat-',
      'glimt-',
      'glagent-',
      'gloas-',
      'glffct-',
      'glwt-',
    ],
    // Newer ones end in a version and a checksum.
    'gl[a-z]{2,6}-([\\w-]{20,300}(?:\\.[\\w-]{2,16}){0,2})',
    GITLAB,
    () => ['glpat-', sample('url', 20)],
    '\\w-',
  ),
  token('gitlab-token', 'GR1348941', 'url', 20, 40, GITLAB),
  {
    ...form(
      'github-oauth-secret',
      'github',
      // The id of an application and its secret, side by side.
      '[gG]it[hH]ub[\\w .-]{0,24}["\']?[ \\t]{0,4}[=:][ \\t]{0,4}["\']?[\\w.]{20}["\']?[ \\t]{0,4}[,:][ \\t]{0,4}["\']?([0-9a-f]{40})(?![\\w-])',
      'https://docs.github.com/en/apps/oauth-apps',
      () => [`github:${sample('alnum', 20)}:`, sample('hex', 40)],
    ),
    isContext: true,
  },
  form(
    'gitlab-token',
    'incoming+',
    'incoming\\+(?:[\\w.-]{1,100}-)?\\d{1,12}-([\\w-]{16,50})',
    GITLAB,
    () => ['incoming+shop-7-', sample('alnum', 25)],
  ),
  form(
    'gitlab-session',
    '_gitlab_session=',
    '_gitlab_session=([0-9a-z]{32})',
    GITLAB,
    () => ['_gitlab_session=', sample('hex', 32)],
    '',
  ),
  token('npm-token', 'npm_', 'alnum', 36, 36, 'https://docs.npmjs.com/about-access-tokens'),
  form(
    'pypi-token',
    'pypi-AgE',
    'pypi-AgE([\\w-]{50,1000})',
    'https://docs.pypi.org/api/secrets/',
    () => ['pypi-AgE', sample('url', 150)],
    '',
  ),
  // Whatever stands in front of the macaroon, if it is as long as one.
  token('pypi-token', 'pypi-', 'url', 85, 1_000, 'https://docs.pypi.org/api/secrets/', isMixedCase),
  token('rubygems-key', 'rubygems_', 'hex', 48, 48, 'https://guides.rubygems.org/api-key-scopes/'),
  token(
    'clojars-token',
    'CLOJARS_',
    'lower',
    60,
    60,
    'https://github.com/clojars/clojars-web/wiki/Deploy-Tokens',
  ),
  token(
    'nuget-key',
    'oy2',
    'lower',
    43,
    43,
    'https://learn.microsoft.com/en-us/nuget/nuget-org/scoped-api-keys',
  ),
  token('crates-token', 'cio', 'alnum', 32, 32, 'https://crates.io/settings/tokens', isMixedCase),
  token(
    'atlassian-token',
    ['ATATT3', 'ATCTT3', 'ATBB'],
    'url',
    24,
    400,
    'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/',
  ),
  token(
    'atlassian-token',
    'ATAT',
    'url',
    100,
    400,
    'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/',
  ),
  token(
    'jfrog-key',
    ['AKCp', 'cmVmdGtu'],
    'url',
    50,
    80,
    'https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens',
  ),
  token(
    'sourcegraph-token',
    ['sgp_', 'sgph_'],
    'url',
    40,
    80,
    'https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token',
  ),
  token(
    'sonar-token',
    ['squ_', 'sqp_', 'sqa_'],
    'hex',
    40,
    40,
    'https://docs.sonarsource.com/sonarqube-server/user-guide/managing-tokens/',
  ),
  token(
    'circleci-token',
    ['CCIPAT_', 'CCIPRJ_'],
    'url',
    40,
    100,
    'https://circleci.com/docs/managing-api-tokens/',
  ),
  token(
    'buildkite-token',
    ['bkua_', 'bkaj_', 'bkaa_', 'bkar_', 'bkct_', 'bkpt_', 'bkpat_', 'bkps_'],
    'url',
    32,
    400,
    'https://buildkite.com/docs/apis/managing-api-tokens',
  ),
];

function isMixedCase(secret: string): boolean {
  return /[a-z]/.test(secret) && /[A-Z]/.test(secret) && /\d/.test(secret);
}
