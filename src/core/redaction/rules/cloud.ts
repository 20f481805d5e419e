import type { Rule } from '../rule.ts';
import { pattern } from './pattern.ts';
import { sample } from './sample.ts';
import { form, near, token } from './token.ts';

const AWS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html';
const GCP = 'https://cloud.google.com/docs/authentication/api-keys';
const UUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';

/** Clouds, hosting, databases and infrastructure. */
export const CLOUD_RULES: readonly Rule[] = [
  token('aws-access-key-id', ['AKIA', 'ASIA', 'ABIA', 'ACCA'], 'upper', 16, 16, AWS, isNoExample),
  token('aws-access-key-id', 'A3T', 'upper', 17, 17, AWS, isMixedUpper),
  form(
    'aws-session-token',
    ['IQoJb3JpZ2lu', 'FwoGZXIvYXdz', 'FQoGZXIvYXdz'],
    '(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz)([A-Za-z0-9+/=]{60,4096})',
    AWS,
    () => ['IQoJb3JpZ2lu', sample('base64', 200)],
    '',
  ),
  near(
    'aws-secret-access-key',
    ['aws', 'amazon'],
    '[A-Za-z0-9+/]{40}',
    AWS,
    () => `${sample('alnum', 39)}/`,
    (secret) => isMixed(secret) && isNoExample(secret),
  ),
  token('aws-bedrock-key', 'ABSKQmVkcm9ja0FQSUtleS', 'base64', 28, 800, AWS),
  token('aws-bedrock-key', 'ABSK', 'base64', 28, 800, AWS, isMixed),
  form('aws-bedrock-key', 'bedrock-api-key-', 'bedrock-api-key-([A-Za-z0-9+/=]{28,4096})', AWS, () => [
    'bedrock-api-key-',
    sample('base64', 200),
  ]),
  token('aws-appsync-key', 'da2-', 'lower', 26, 26, AWS),
  form(
    'aws-mws-key',
    'amzn.mws.',
    'amzn\\.mws\\.([0-9a-z]{8}(?:-[0-9a-z]{4}){3}-[0-9a-z]{12})',
    AWS,
    () => ['amzn.mws.', uuid()],
    '',
  ),
  form('gcp-api-key', 'AIza', 'AIza([\\w-]{35})(?![\\w-])', GCP, () => ['AIza', sample('url', 35)], '\\w-'),
  form(
    'gcp-api-key',
    'AQ.Ab8',
    'AQ\\.Ab8([\\w-]{40,64})(?![\\w-])',
    GCP,
    () => ['AQ.Ab8', sample('url', 47)],
    '\\w-',
  ),
  form('gcp-oauth-token', 'ya29.', 'ya29\\.([\\w-]{20,2048})', GCP, () => ['ya29.', sample('url', 120)], ''),
  token('gcp-oauth-secret', 'GOCSPX-', 'url', 28, 28, GCP),
  form(
    'gcp-refresh-token',
    '1//0',
    '1\\/\\/0([\\w-]{30,300})',
    GCP,
    () => ['1//0', sample('url', 60)],
    '\\w',
  ),
  token('gcp-hmac-id', 'GOOG1E', 'upper', 55, 57, GCP),
  token(
    'mongodb-atlas-secret',
    'mdb_sa_sk_',
    'url',
    30,
    64,
    'https://www.mongodb.com/docs/atlas/api/service-accounts-overview/',
  ),
  token(
    'digitalocean-token',
    ['dop_v1_', 'doo_v1_', 'dor_v1_', 'dos_v1_'],
    'hex',
    64,
    64,
    'https://docs.digitalocean.com/reference/api/',
  ),
  form(
    'heroku-key',
    'HRKU-',
    `HRKU-([\\w-]{60}|${UUID})`,
    'https://devcenter.heroku.com/articles/authentication',
    () => ['HRKU-', uuid()],
    '\\w',
  ),
  near('heroku-key', 'heroku', UUID, 'https://devcenter.heroku.com/articles/authentication', uuid),
  near(
    'cloudflare-token',
    ['cloudflare', 'cf_api'],
    '[\\w-]{40}|[0-9a-f]{37}',
    'https://developers.cloudflare.com/fundamentals/api/',
    () => sample('url', 40),
    (secret) => secret.length === 37 || isNoHash(secret),
  ),
  form(
    'cloudflare-origin-key',
    'v1.0-',
    'v1\\.0-([a-f0-9]{24}-[a-f0-9]{146})',
    'https://developers.cloudflare.com/ssl/origin-configuration/origin-ca/',
    () => ['v1.0-', `${sample('hex', 24)}-${sample('hex', 146)}`],
  ),
  token(
    'cloudflare-token',
    ['cfut_', 'cfat_', 'cfk_'],
    'url',
    40,
    80,
    'https://developers.cloudflare.com/fundamentals/api/',
  ),
  form(
    'fly-token',
    ['fo1_', 'fm1_', 'fm1r_', 'fm1a_', 'fm2_'],
    'f(?:o1|m1[ra]?|m2)_([\\w+/=,-]{40,4096})',
    'https://fly.io/docs/security/tokens/',
    () => ['fo1_', sample('url', 43)],
  ),
  form('fly-token', 'FlyV1 ', 'FlyV1 ([\\w+/=,-]{40,4096})', 'https://fly.io/docs/security/tokens/', () => [
    'FlyV1 ',
    sample('url', 120),
  ]),
  token(
    'supabase-key',
    ['sbp_', 'sb_secret_'],
    'url',
    30,
    64,
    'https://supabase.com/docs/guides/api/api-keys',
  ),
  form(
    'planetscale-token',
    ['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'],
    'pscale_(?:tkn|pw|oauth)_([\\w=.-]{32,64})',
    'https://planetscale.com/docs/api/',
    () => ['pscale_tkn_', sample('url', 43)],
    '',
  ),
  token('neon-key', ['napi_', 'npg_'], 'lower', 12, 80, 'https://neon.com/docs/manage/api-keys'),
  token('neon-key', 'napi_', 'alnum', 40, 80, 'https://neon.com/docs/manage/api-keys'),
  form(
    'databricks-token',
    ['dapi', 'dkea'],
    '(?:dapi|dkea)([a-f0-9]{32}(?:-\\d{1,2})?)',
    'https://docs.databricks.com/dev-tools/auth/pat.html',
    () => ['dapi', sample('hex', 32)],
  ),
  token(
    'vercel-token',
    ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_', 'vercel_blob_rw_'],
    'url',
    24,
    80,
    'https://vercel.com/docs/rest-api',
  ),
  near(
    'vercel-token',
    'vercel',
    '[A-Za-z0-9]{24}',
    'https://vercel.com/docs/rest-api',
    () => sample('alnum', 24),
    isNoHash,
  ),
  token(
    'netlify-token',
    ['nfp_', 'nfc_', 'nfo_', 'nfu_'],
    'url',
    36,
    64,
    'https://docs.netlify.com/api/get-started/',
  ),
  near(
    'netlify-token',
    'netlify',
    '[\\w=-]{40,46}',
    'https://docs.netlify.com/api/get-started/',
    () => sample('alnum', 43),
    isNoHash,
  ),
  token(
    'docker-token',
    ['dckr_pat_', 'dckr_oat_'],
    'url',
    27,
    40,
    'https://docs.docker.com/security/access-tokens/',
  ),
  pattern({
    id: 'terraform-token',
    literals: ['.atlasv1.'],
    form: '([\\w-]{14}\\.atlasv1\\.[\\w=-]{40,80})',
    before: { chars: '\\w-', max: 14 },
    border: '',
    reference: 'https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens',
    example: () => {
      const secret = `${sample('alnum', 14)}.atlasv1.${sample('url', 67)}`;
      return { text: secret, secret };
    },
  }),
  token(
    'vault-token',
    ['hvs.', 'hvb.', 'hvr.'],
    'url',
    24,
    400,
    'https://developer.hashicorp.com/vault/docs/concepts/tokens',
  ),
  near(
    'vault-token',
    'vault',
    's\\.[A-Za-z0-9]{24}',
    'https://developer.hashicorp.com/vault/docs/concepts/tokens',
    () => `s.${sample('alnum', 24)}`,
  ),
  form(
    'doppler-token',
    ['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.'],
    'dp\\.(?:pt|st|ct|sa|scim|audit)\\.((?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44})',
    'https://docs.doppler.com/reference/auth-token-formats',
    () => ['dp.pt.', sample('alnum', 43)],
  ),
  token(
    'pulumi-token',
    'pul-',
    'hex',
    40,
    40,
    'https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/',
  ),
  token('alibaba-key-id', 'LTAI', 'alnum', 12, 26, 'https://www.alibabacloud.com/help/en/ram/'),
  form(
    'clickhouse-key',
    '4b1d',
    '4b1d([A-Za-z0-9]{38})(?![A-Za-z0-9])',
    'https://clickhouse.com/docs/cloud/manage/openapi',
    () => ['4b1d', sample('alnum', 38)],
  ),
  form(
    'onepassword-token',
    'ops_eyJ',
    'ops_eyJ([\\w+/=-]{160,8192})',
    'https://developer.1password.com/docs/service-accounts/',
    () => ['ops_eyJ', sample('url', 250)],
  ),
  token('age-secret-key', 'AGE-SECRET-KEY-1', 'upper', 58, 58, 'https://age-encryption.org/v1'),
];

/** The keys of Amazon's documentation end in their name for it. */
function isNoExample(secret: string): boolean {
  return !/EXAMPLE(?:KEY)?$/.test(secret);
}

/** A word in capitals is no key. */
function isMixedUpper(secret: string): boolean {
  return /\d/.test(secret) && /[A-Z]/.test(secret);
}

/** Letters of both cases or a sign, and a digit: neither a hash nor a word. */
function isMixed(secret: string): boolean {
  return /\d/.test(secret) && /[a-z]/.test(secret) && /[A-Z+/_-]/.test(secret);
}

/** A digit, and a letter that no hash has. */
function isNoHash(secret: string): boolean {
  return /\d/.test(secret) && /[g-zG-Z]/.test(secret);
}

function uuid(): string {
  return [8, 4, 4, 4, 12].map((length, seed) => sample('hex', length, seed)).join('-');
}
