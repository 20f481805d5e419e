import type { Rule } from '../rule.ts';
import { sample } from './sample.ts';
import { form, near, token } from './token.ts';

/** Where telemetry goes. */
export const OBSERVABILITY_RULES: readonly Rule[] = [
  near(
    'datadog-key',
    ['datadog', 'dd_'],
    '[0-9a-z]{40}|[0-9a-z]{32}',
    'https://docs.datadoghq.com/account_management/api-app-keys/',
    () => sample('hex', 40),
    (secret) => /\d/.test(secret) && /[a-z]/i.test(secret),
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
    ['NRAK-', 'NRBR-', 'NRJS-', 'NRII-', 'NRAA-', 'NRSP-', 'NRRA-'],
    'url',
    19,
    64,
    'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/',
  ),
  near(
    'newrelic-key',
    ['newrelic', 'new_relic', 'new-relic', 'new relic'],
    '[0-9a-f]{40}',
    'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/',
    () => sample('hex', 40),
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
    'glsa_([\\w-]{32}_[a-fA-F0-9]{8})',
    'https://grafana.com/docs/grafana/latest/administration/service-accounts/',
    () => ['glsa_', `${sample('alnum', 32)}_${sample('hex', 8)}`],
  ),
  form(
    'grafana-token',
    'glc_',
    'glc_([\\w+/-]{32,400}={0,2})',
    'https://grafana.com/docs/grafana-cloud/security-and-account-management/authentication-and-permissions/access-policies/',
    () => ['glc_', sample('base64', 60)],
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
  form(
    'dynatrace-token',
    'dt0',
    'dt0[a-zA-Z]\\d\\d\\.([A-Za-z0-9]{24}\\.[A-Za-z0-9]{64})',
    'https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens',
    () => ['dt0c01.', `${sample('upper', 24)}.${sample('upper', 64)}`],
    '',
  ),
];

function isMixed(secret: string): boolean {
  return /\d/.test(secret) && /[A-Za-z]/.test(secret);
}

/** The literal ends the key: 36 or more hexadecimal digits stand before it. */
function newRelicLicense(text: string, at: number, literal: string): ReturnType<Rule['find']> {
  const end = at + literal.length;
  if (text.slice(at, end) !== literal || /\w/.test(text[end] ?? '')) return undefined;
  const found = /(?:^|[^A-Za-z0-9])([A-Za-z0-9]{0,6}[a-fA-F0-9]{26,36})$/.exec(
    text.slice(Math.max(0, at - 43), at),
  );
  const secret = found?.[1];
  return secret === undefined
    ? undefined
    : { start: at - secret.length, end, ruleId: 'newrelic-key', isSpecific: true };
}
