import type { Match } from '../rule.ts';
import type { RunRule } from '../run-rule.ts';
import { redactedForm } from './redacted-form.ts';
import { sample } from './sample.ts';

/** The id, and what stands behind it as one of 32 letters and digits. */
const TWILIO_PAIR =
  /^(?:SK|AC)[0-9a-fA-F]{32}(?:[\s:,;|"']{1,4}(?=[A-Za-z]{0,31}\d)[0-9A-Za-z]{32}(?![\w-]))?/;

/** Tokens told by their whole shape: the gate finds their runs by length or by what they decode to. */
export const SHAPE_RULES: readonly RunRule[] = [
  {
    id: 'twilio-key',
    redacted: redactedForm('(?:SK|AC)(.)'),
    reference: 'https://www.twilio.com/docs/iam/api-keys',
    // The secret may stand behind its id.
    find: (text, start, end) =>
      whole('twilio-key', /^(?:SK|AC)[0-9a-fA-F]{32}$/, text, start, end, 2) &&
      whole('twilio-key', TWILIO_PAIR, text, start, end + 40, 2),
    examples: () => {
      const secret = sample('hex', 32);
      return [{ text: `SK${secret}`, secret }];
    },
  },
  {
    id: 'mailgun-key',
    reference: 'https://documentation.mailgun.com/docs/mailgun/user-manual/api-key-mgmt/',
    find: (text, start, end) =>
      whole('mailgun-key', /^[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}$/, text, start, end, 0),
    examples: () => {
      const secret = `${sample('hex', 32)}-${sample('hex', 8)}-${sample('hex', 8)}`;
      return [{ text: secret, secret }];
    },
  },
  {
    id: 'airtable-token',
    redacted: redactedForm('pat(.)'),
    reference: 'https://airtable.com/developers/web/api/authentication',
    find: (text, start, end) =>
      whole('airtable-token', /^pat[A-Za-z0-9]{14}\.[0-9a-f]{64}$/, text, start - 18, end, 3),
    examples: () => {
      const secret = `${sample('alnum', 14)}.${sample('hex', 64)}`;
      return [{ text: `pat${secret}`, secret }];
    },
  },
  {
    id: 'discord-token',
    reference: 'https://discord.com/developers/docs/reference#authentication',
    find: (text, start) =>
      whole('discord-token', /^[MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{27,40}/, text, start, start + 80, 0),
    examples: () => {
      const id = Buffer.from(`1${sample('digits', 17)}`).toString('base64url');
      const secret = `${id}.${sample('url', 6)}.${sample('url', 38)}`;
      return [{ text: secret, secret }];
    },
  },
];

/** A match of the whole form at `start`, without the public prefix. */
function whole(
  id: string,
  form: RegExp,
  text: string,
  start: number,
  end: number,
  prefix: number,
): Match | undefined {
  if (start < 0) return undefined;
  const found = form.exec(text.slice(start, end));
  if (found === null) return undefined;
  return {
    start: start + prefix,
    end: start + found[0].length,
    ruleId: id,
    isSpecific: true,
    prefixStart: start,
  };
}
