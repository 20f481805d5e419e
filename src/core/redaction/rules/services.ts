import type { Rule } from '../rule.ts';
import { sample } from './sample.ts';
import { form, near, token } from './token.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** Payments, observability and other services. */
export const SERVICE_RULES: readonly Rule[] = [
  token(
    'stripe-key',
    ['sk_live_', 'sk_test_', 'sk_prod_', 'rk_live_', 'rk_test_', 'rk_prod_'],
    'alnum',
    10,
    250,
    'https://docs.stripe.com/keys',
  ),
  token('webhook-secret', ['whsec_'], 'base64', 24, 80, 'https://docs.stripe.com/webhooks'),
  token(
    'square-token',
    ['sq0atp-', 'sq0csp-', 'sq0idp-'],
    'url',
    22,
    50,
    'https://developer.squareup.com/docs/build-basics/access-tokens',
  ),
  token(
    'square-token',
    'EAAA',
    'url',
    60,
    64,
    'https://developer.squareup.com/docs/build-basics/access-tokens',
    isMixed,
  ),
  form(
    'paypal-token',
    'access_token$',
    'access_token\\$(?:production|sandbox)\\$[0-9a-z]{16}\\$([0-9a-f]{32})',
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
  near(
    'datadog-key',
    ['datadog', 'dd_'],
    '[0-9a-f]{40}|[0-9a-f]{32}',
    'https://docs.datadoghq.com/account_management/api-app-keys/',
    () => sample('hex', 40),
  ),
  token(
    'datadog-token',
    ['ddapp_', 'ddpat_'],
    'alnum',
    30,
    80,
    'https://docs.datadoghq.com/account_management/api-app-keys/',
  ),
  token(
    'newrelic-key',
    ['NRAK-', 'NRJS-', 'NRII-', 'NRAA-', 'NRSP-', 'NRRA-'],
    'url',
    19,
    64,
    'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/',
  ),
  {
    ...form(
      'newrelic-key',
      ['FFFFNRAL', 'NRAL'],
      '([a-f0-9]{36}NRAL)',
      'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/',
      () => ['', `${sample('hex', 36)}NRAL`],
    ),
    find: newRelicLicense,
  },
  form(
    'sentry-token',
    ['sntrys_', 'sntryu_', 'sntrya_'],
    'sntry[sua]_([\\w=+/-]{40,400})',
    'https://docs.sentry.io/account/auth-tokens/',
    () => ['sntryu_', sample('hex', 64)],
    '',
  ),
  near('sentry-token', 'sentry', '[0-9a-f]{64}', 'https://docs.sentry.io/account/auth-tokens/', () =>
    sample('hex', 64),
  ),
  form(
    'grafana-token',
    'glsa_',
    'glsa_([A-Za-z0-9]{32}_[a-fA-F0-9]{8})',
    'https://grafana.com/docs/grafana/latest/administration/service-accounts/',
    () => ['glsa_', `${sample('alnum', 32)}_${sample('hex', 8)}`],
  ),
  token(
    'grafana-token',
    'glc_',
    'base64',
    32,
    400,
    'https://grafana.com/docs/grafana-cloud/security-and-account-management/authentication-and-permissions/access-policies/',
  ),
  form(
    'grafana-token',
    'eyJrIjoi',
    'eyJrIjoi([A-Za-z0-9+/_-]{40,400}={0,2})',
    'https://grafana.com/docs/grafana/latest/developers/http_api/auth/',
    () => ['eyJrIjoi', sample('alnum', 80)],
  ),
  form(
    'honeycomb-key',
    ['hcaik_', 'hcxik_', 'hcbik_', 'hcalk_', 'hcxlk_', 'hcamk_', 'hcxmk_'],
    'hc[a-z](?:ik|lk|mk)_([a-z0-9]{26,64})',
    'https://docs.honeycomb.io/configure/environments/manage-api-keys/',
    () => ['hcaik_', sample('lower', 58)],
  ),
  near(
    'honeycomb-key',
    ['honeycomb', 'x-honeycomb-team'],
    '[A-Za-z0-9]{22}|[0-9a-f]{32}',
    'https://docs.honeycomb.io/configure/environments/manage-api-keys/',
    () => sample('alnum', 22),
    isMixed,
  ),
  token(
    'linear-key',
    ['lin_api_', 'lin_oauth_', 'lin_wh_'],
    'alnum',
    32,
    64,
    'https://linear.app/developers',
  ),
  token('notion-token', 'ntn_', 'alnum', 40, 60, 'https://developers.notion.com/reference/authentication'),
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
    'key[A-Za-z0-9]{14}|[A-Za-z0-9]{17}',
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
    'PMA[KT]-([a-f0-9]{24}-[a-f0-9]{34}|[0-9A-Z]{26})',
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
  form(
    'dynatrace-token',
    'dt0c01.',
    'dt0[a-z]\\d\\d\\.([A-Z0-9]{24}\\.[A-Z0-9]{64})',
    'https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens',
    () => ['dt0c01.', `${sample('upper', 24)}.${sample('upper', 64)}`],
    '',
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

/** The literal ends the key: 36 or more hexadecimal digits stand before it. */
function newRelicLicense(text: string, at: number, literal: string): ReturnType<Rule['find']> {
  const end = at + literal.length;
  if (text.slice(at, end) !== literal || /\w/.test(text[end] ?? '')) return undefined;
  const found = /(?:^|[^A-Za-z0-9])((?:eu\d\dxx)?[a-fA-F0-9]{28,36})$/.exec(
    text.slice(Math.max(0, at - 43), at),
  );
  const secret = found?.[1];
  return secret === undefined
    ? undefined
    : { start: at - secret.length, end, ruleId: 'newrelic-key', isSpecific: true };
}
