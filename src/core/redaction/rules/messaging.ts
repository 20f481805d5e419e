import type { Rule } from '../rule.ts';
import { pattern } from './pattern.ts';
import { sample } from './sample.ts';
import { form, near, token } from './token.ts';

const SLACK = 'https://docs.slack.dev/authentication/tokens';
const TWILIO = 'https://www.twilio.com/docs/iam/api-keys';
const MAILGUN = 'https://documentation.mailgun.com/docs/mailgun/user-manual/api-key-mgmt/';

/** Mail, chat and phone. */
export const MESSAGING_RULES: readonly Rule[] = [
  form(
    'slack-token',
    ['xoxa-', 'xoxb-', 'xoxp-', 'xoxe-', 'xoxo-', 'xoxr-', 'xoxs-', 'xoxc-', 'xoxd-', 'xoxare-'],
    'xox(?:[abeoprscd]|are)-((?:\\d-)?(?:(?:[0-9A-Fa-f]{6,21}-){1,4}[A-Za-z0-9-]{10,300}|(?=[A-Za-z]{0,11}\\d)[A-Za-z0-9]{12,200}|[\\w%+/-]{60,400}))',
    SLACK,
    () => ['xoxb-', `${sample('digits', 12)}-${sample('digits', 12)}-${sample('alnum', 24)}`],
    '',
  ),
  form(
    'slack-token',
    'xoxe.xox',
    'xoxe\\.xox[bp]-(\\d{1,12}-[A-Za-z0-9]{60,400})',
    SLACK,
    () => ['xoxe.xoxp-', `1-${sample('alnum', 163)}`],
    '',
  ),
  form('slack-token', ['xapp-', 'xwfp-'], 'x(?:app|wfp)-(\\d-[\\w-]{20,300}|[\\w-]{40,300})', SLACK, () => [
    'xapp-',
    `1-${sample('upper', 11)}-${sample('digits', 13)}-${sample('hex', 64)}`,
  ]),
  form(
    'slack-webhook',
    'hooks.slack.com/',
    'hooks\\.slack\\.com\\/(?:services|workflows|triggers)\\/([A-Za-z0-9/_+-]{20,120})',
    'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
    () => [
      'https://hooks.slack.com/services/',
      `T${sample('upper', 8)}/B${sample('upper', 8)}/${sample('alnum', 24)}`,
    ],
    '',
  ),
  form(
    'discord-webhook',
    // Not `/api`, which half of all paths have.
    '/webhooks/',
    '\\/webhooks\\/\\d{15,22}\\/([\\w-]{50,100})',
    'https://discord.com/developers/docs/resources/webhook',
    () => [`https://discord.com/api/webhooks/${sample('digits', 18)}/`, sample('url', 68)],
    '',
  ),
  near(
    'discord-secret',
    'discord',
    '[\\w-]{32}|[0-9a-f]{64}',
    'https://discord.com/developers/docs/topics/oauth2',
    () => sample('alnum', 32),
    isMixed,
  ),
  form(
    'teams-webhook',
    ['.webhook.office.com/', 'outlook.office.com/webhook/', 'outlook.office365.com/webhook/'],
    '(?:\\.webhook\\.office\\.com\\/webhookb2|outlook\\.office(?:365)?\\.com\\/webhook)\\/[\\w@%-]{36,90}\\/[A-Za-z]{4,24}\\/([\\w/-]{30,120})',
    'https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/',
    () => [
      `https://shop.webhook.office.com/webhookb2/${sample('hex', 36)}/IncomingWebhook/`,
      `${sample('hex', 32, 5)}/${sample('hex', 36, 6)}`,
    ],
    '',
  ),
  form(
    'telegram-token',
    ':AA',
    ':AA([\\w-]{32,36})(?![\\w-])',
    'https://core.telegram.org/bots/api#authorizing-your-bot',
    () => [`${sample('digits', 10)}:AA`, sample('url', 33)],
    '',
  ),
  near(
    'telegram-token',
    'telegr',
    '\\d{5,16}:[\\w-]{35}',
    'https://core.telegram.org/bots/api#authorizing-your-bot',
    () => `${sample('digits', 9)}:${sample('url', 35)}`,
  ),
  near('twilio-token', 'twilio', '[0-9a-f]{32}', TWILIO, () => sample('hex', 32)),
  form(
    'sendgrid-key',
    'SG.',
    'SG\\.([\\w-]{16,32}\\.[\\w-]{16,64})',
    'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
    () => ['SG.', `${sample('url', 22)}.${sample('url', 43)}`],
    '\\w',
  ),
  token('mailgun-key', ['key-', 'pubkey-'], 'lower', 32, 32, MAILGUN, isMixed),
  near(
    'mailgun-key',
    'mailgun',
    '[0-9a-h]{32}-[0-9a-h]{8}-[0-9a-h]{8}|[0-9a-z]{72}',
    MAILGUN,
    () => `${sample('hex', 32)}-${sample('hex', 8)}-${sample('hex', 8)}`,
  ),
  near(
    'mailchimp-key',
    'mailchimp',
    '[0-9a-f]{32}-us\\d{1,2}',
    'https://mailchimp.com/developer/marketing/guides/quick-start/',
    () => `${sample('hex', 32)}-us12`,
  ),
  pattern({
    id: 'mailchimp-key',
    literals: [...'123456789'].map((digit) => `-us${digit}`),
    form: '([0-9a-f]{32}-us\\d{1,2})(?!\\w)',
    before: { chars: '0-9a-f', max: 32 },
    reference: 'https://mailchimp.com/developer/marketing/guides/quick-start/',
    example: () => {
      const secret = `${sample('hex', 32)}-us12`;
      return { text: secret, secret };
    },
  }),
  form(
    'brevo-key',
    'xkeysib-',
    'xkeysib-([a-fA-F0-9]{64}-[A-Za-z0-9]{16})',
    'https://developers.brevo.com/docs/getting-started',
    () => ['xkeysib-', `${sample('hex', 64)}-${sample('alnum', 16)}`],
    '',
  ),
];

function isMixed(secret: string): boolean {
  return /\d/.test(secret) && /[A-Za-z]/.test(secret);
}
