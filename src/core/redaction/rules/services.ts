import type { Rule } from '../rule.ts';
import { pattern } from './pattern.ts';
import { sample } from './sample.ts';
import { form, near, token } from './token.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** Payments and other services. */
export const SERVICE_RULES: readonly Rule[] = [
  form(
    'stripe-key',
    ['sk_live_', 'sk_test_', 'sk_prod_', 'sk_org_', 'rk_live_', 'rk_test_', 'rk_prod_'],
    '[sSrR][kK]_(?:(?:org_)?(?:live|test|prod)|org)_([A-Za-z0-9]{10,250})',
    'https://docs.stripe.com/keys',
    () => ['sk_live_', sample('alnum', 24)],
    // `task_test_…` is no key.
    'A-Za-z0-9',
  ),
  pattern({
    id: 'stripe-key',
    literals: ['_secret_'],
    form: '(?:pi|seti|cs|src|sub|ek)_[A-Za-z0-9_]{8,80}_secret_([A-Za-z0-9]{10,100})',
    before: { chars: 'A-Za-z0-9_', max: 88 },
    reference: 'https://docs.stripe.com/keys',
    example: () => {
      const secret = sample('alnum', 25);
      return { text: `pi_${sample('alnum', 24)}_secret_${secret}`, secret };
    },
  }),
  token('webhook-secret', ['whsec_'], 'base64', 24, 80, 'https://docs.stripe.com/webhooks'),
  form(
    'square-token',
    'sq0',
    'sq0[a-z]{3}-([\\w-]{22,50})',
    'https://developer.squareup.com/docs/build-basics/access-tokens',
    () => ['sq0atp-', sample('url', 22)],
  ),
  form(
    'square-token',
    'EAAA',
    'EAAA([\\w-]{22,64})(?![\\w+/=?-])',
    'https://developer.squareup.com/docs/build-basics/access-tokens',
    () => ['EAAA', sample('url', 60)],
    '\\w+/-',
    isMixed,
  ),
  form(
    'paypal-token',
    'access_token$',
    'access_token\\$(?:production|sandbox)\\$[0-9a-z]{16}\\$([0-9a-z]{32})',
    'https://developer.paypal.com/braintree/docs/',
    () => [`access_token$production$${sample('lower', 16)}$`, sample('hex', 32)],
    '',
  ),
  near(
    'paypal-secret',
    ['paypal', 'braintree'],
    '[AE][\\w-]{79}|[0-9a-f]{32}',
    'https://developer.paypal.com/api/rest/',
    () => `E${sample('url', 79)}`,
  ),
  token(
    'shopify-token',
    ['shpat_', 'shpca_', 'shppa_', 'shpss_', 'shptka_', 'shpua_'],
    'hex',
    32,
    64,
    'https://shopify.dev/docs/apps/build/authentication-authorization',
  ),
  token(
    'linear-key',
    ['lin_api_', 'lin_oauth_', 'lin_wh_'],
    'alnum',
    32,
    64,
    'https://linear.app/developers',
  ),
  near('linear-key', 'linear', '[0-9a-f]{32}', 'https://linear.app/developers', () => sample('hex', 32)),
  token('notion-token', 'ntn_', 'url', 40, 264, 'https://developers.notion.com/reference/authentication'),
  token('notion-token', 'secret_', 'alnum', 43, 43, 'https://developers.notion.com/reference/authentication'),
  token(
    'figma-token',
    ['figd_', 'figo_', 'figu_', 'figdr_', 'figor_', 'figur_', 'figoh_'],
    'url',
    36,
    64,
    'https://developers.figma.com/docs/rest-api/authentication/',
  ),
  near('figma-token', 'figma', UUID, 'https://developers.figma.com/docs/rest-api/authentication/', uuid),
  near(
    'airtable-key',
    'airtable',
    'key[A-Za-z0-9]{14}|[A-Za-z0-9]{17}|[A-Za-z0-9]{1,64}\\.v1\\.[\\w-]{1,200}\\.[a-f0-9]{8,128}',
    'https://airtable.com/developers/web/api/authentication',
    () => `key4${sample('alnum', 13)}`,
    isMixed,
  ),
  form(
    'mapbox-token',
    'sk.eyJ',
    'sk\\.(eyJ[\\w-]{30,200}\\.[\\w-]{20,40})',
    'https://docs.mapbox.com/accounts/guides/tokens/',
    () => ['sk.', `eyJ${sample('alnum', 70)}.${sample('url', 22)}`],
  ),
  near(
    'mapbox-token',
    'mapbox',
    '[ps]k\\.[\\w-]{60,120}\\.[\\w-]{20,24}',
    'https://docs.mapbox.com/accounts/guides/tokens/',
    () => `pk.${sample('lower', 60)}.${sample('lower', 22)}`,
  ),
  {
    ...form(
      'mapbox-token',
      'mapbox',
      '[Mm]apbox\\W{1,4}(?:token|key|secret)?\\W{0,6}(?<!\\w)([ps]k\\.(?=[\\w.-]{0,40}\\d)[\\w.-]{70,240})',
      'https://docs.mapbox.com/accounts/guides/tokens/',
      () => ['mapbox ', `sk.${sample('lower', 60)}.${sample('lower', 22)}`],
    ),
    isContext: true,
  },
  near(
    'algolia-key',
    'algolia',
    '[0-9a-z]{32}',
    'https://www.algolia.com/doc/guides/security/api-keys/',
    () => sample('hex', 32),
  ),
  near(
    'okta-token',
    'okta',
    '00[\\w-]{40}',
    'https://developer.okta.com/docs/guides/create-an-api-token/',
    () => `00${sample('url', 40)}`,
  ),
  form(
    'okta-token',
    'ssws ',
    '[sS][sS][wW][sS][ \\t]{1,4}(00[\\w-]{40})',
    'https://developer.okta.com/docs/reference/core-okta-api/',
    () => ['Authorization: SSWS ', `00${sample('url', 40)}`],
  ),
  near(
    'auth0-secret',
    'auth0',
    '[\\w-]{64}',
    'https://auth0.com/docs/get-started/applications/confidential-and-public-applications',
    () => sample('url', 64),
    isMixed,
  ),
  form(
    'postman-key',
    ['PMAK-', 'PMAT-'],
    'PMA[KT]-([a-fA-F0-9]{24}-[a-fA-F0-9]{34}|[0-9A-Za-z]{26}(?!\\w))',
    'https://learning.postman.com/docs/developer/postman-api/authentication/',
    () => ['PMAK-', `${sample('hex', 24)}-${sample('hex', 34)}`],
  ),
  form(
    'hubspot-token',
    ['pat-na', 'pat-eu'],
    `pat-(?:na|eu)\\d-(${UUID})`,
    'https://developers.hubspot.com/docs/guides/apps/private-apps/overview',
    () => ['pat-na1-', uuid()],
  ),
  token(
    'contentful-token',
    'CFPAT-',
    'url',
    43,
    43,
    'https://www.contentful.com/developers/docs/references/authentication/',
  ),
  token(
    'typeform-token',
    'tfp_',
    'url',
    40,
    80,
    'https://www.typeform.com/developers/get-started/personal-access-token/',
  ),
  token(
    'readme-key',
    'rdme_',
    'lower',
    60,
    80,
    'https://docs.readme.com/main/reference/intro/authentication',
  ),
  token(
    'flutterwave-key',
    ['FLWSECK_TEST-', 'FLWSECK-'],
    'alnum',
    12,
    60,
    'https://developer.flutterwave.com/docs/authentication',
  ),
  token(
    'tavily-key',
    'tvly-',
    'url',
    28,
    64,
    'https://docs.tavily.com/documentation/api-reference/introduction',
  ),
  token('apify-token', 'apify_api_', 'alnum', 30, 50, 'https://docs.apify.com/platform/integrations/api'),
  token('posthog-key', ['phx_', 'phs_', 'pha_', 'phr_'], 'url', 40, 64, 'https://posthog.com/docs/api'),
  form(
    'tailscale-key',
    'tskey-',
    'tskey-(?:(?:auth|api|client|scim|webhook|secret)-|(?=k[A-Za-z0-9]{4,24}-))([\\w-]{16,100})',
    'https://tailscale.com/kb/1277/key-prefixes',
    () => ['tskey-auth-', `${sample('alnum', 12)}-${sample('alnum', 32)}`],
  ),
  token('easypost-key', ['EZAK', 'EZTK'], 'alnum', 54, 54, 'https://docs.easypost.com/docs/authentication'),
  token(
    'shippo-token',
    ['shippo_live_', 'shippo_test_'],
    'hex',
    40,
    40,
    'https://docs.goshippo.com/docs/guides_general/authentication/',
  ),
  token(
    'duffel-token',
    ['duffel_live_', 'duffel_test_'],
    'url',
    43,
    43,
    'https://duffel.com/docs/api/overview/making-requests',
  ),
];

function uuid(): string {
  return [8, 4, 4, 4, 12].map((length, seed) => sample('hex', length, seed)).join('-');
}

function isMixed(secret: string): boolean {
  return /\d/.test(secret) && /[A-Za-z]/.test(secret);
}
