import { visible } from './decoded.ts';
import { withoutMarks } from './marks.ts';
import { OTHER_ENDINGS, OTHER_NAMES, OTHER_PAIRS } from './names.ts';

/**
 * How much a key says about its value: `strong` masks it whole, `weak` only when the value looks random, `faint`
 * (a bare `key`) the same, and only in free text.
 */
export type KeySense = 'strong' | 'weak' | 'faint' | undefined;

const NOT_ASCII = /[^\x20-\x7e]/;

/** Words that name a secret on their own. */
const STRONG = words(
  `${OTHER_NAMES.join(' ')} ` +
    'password passwd passphrase passcode passwrd pwd psw secret secrets credential credentials creds authorization jwt ' +
    'bearer cookie cookies apikey apitoken apisecret authtoken accesstoken refreshtoken accesskey secretkey privatekey ' +
    'otp totp cvv cvc cvv2 ssn psk mnemonic htpasswd requirepass masterauth authkey ' +
    'sessionkey signingkey encryptionkey passw pswd pswrd psswd pasword paasword passowrd passwrod sshpass storepass keypass srcstorepass deststorepass',
);
/** A longer number is no count. */
const MAX_NUMBER = 3;
/** Two words that name a secret together. */
const STRONG_PAIRS = words(
  `${OTHER_PAIRS.join(' ').replaceAll('_', '')} ` +
    'depasse passphrase pincode seedphrase securitycode securityanswer secretanswer accesscode activationcode cardnumber recoverycode recoverycodes backupcode backupcodes unlockcode ' +
    'codeverifier artapi clientassertion samlresponse walletseed jaasconfig socialsecurity',
);
/** A `token` behind one of these is counted, timed or public. */
const TOKEN_OF_TEXT = words(
  'page next continuation pagination cursor public output input first last per prompt completion next max stop eos bos',
);
/** Endings of words written together: `dbpassword`, `clientsecret`. */
const STRONG_ENDINGS: readonly string[] = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'pwd',
  'secret',
  'apikey',
  'token',
  'secretkey',
  'accesskey',
  'privatekey',
];
const PLURAL_ENDINGS: readonly string[] = ['passwords', 'passphrases', 'apikeys'];
/** `key` and `keys` name a secret after one of these. */
const KEY_OWNERS = words(
  'api apis access secret private priv auth encryption encrypt crypto cipher signing sign signature master account shared ' +
    'service session ssh deploy app application client webhook hmac aes rsa ecdsa dsa pgp gpg jwt jwk consumer subscription ' +
    'license server admin root ingest write integration developer merchant bot account functions host aws azure gcp openai ' +
    'anthropic stripe sendgrid mailgun twilio datadog algolia heroku cloudflare honeycomb sentry gemini groq mistral cohere dd function storage cosmos',
);
/** A `key` behind one of these opens nothing. */
const PLAIN_KEYS = words(
  'public pub primary foreign sort partition range hash cache bucket schema sequence natural idx hot map object route ' +
    'routing dedup idempotency group lookup index column row field i18n translation message locale label event data dict ' +
    'property config setting feature json xml registry reg type entity record doc document item category order unique ' +
    'composite surrogate business candidate cluster shard topic query name arrow enter escape modifier ctrl alt ' +
    'shift meta package resource attribute metric log tag state store issue ticket jira protobuf',
);
/** `tokens` names secrets only after one of these; otherwise it counts what a model read. */
const TOKEN_OWNERS = words('access auth refresh api bearer secret session id csrf device');
const WEAK = words(
  'auth cred pass pin pat session sig signature nonce salt sid jsessionid phpsessid csrf xsrf crumb aspxauth',
);
/** `pass` names a secret after one of these. */
const PASS_OWNERS = words(
  'db database user usr smtp mail email imap ftp sftp ssh redis mysql pg postgres mongo admin root login account http ' +
    'proxy basic auth svc service my ldap vpn wifi app amqp rabbitmq key keystore store truststore sudo vnc rdp become enable',
);
/** After a word for a secret these say that the value is about it, not it: `password_policy`, `token_type`. */
const ABOUT = words(
  'length len count counts size min max policy policies strength rule rules enabled disabled required require optional ' +
    'expired expires expire expiry expiration ttl lifetime timeout age type types kind format field fields label hint prompt ' +
    'placeholder stdin title description error errors message status valid validation validator validity invalid attempt attempts ' +
    'retry retries reset resets change changed updated created at time date timestamp url uri link href endpoint path file ' +
    'filename dir name names arn ref reference version provider manager store service host port region algorithm ' +
    'alg method mode scheme usage used limit limits budget price cost bucket index position offset ring symbol address contract ' +
    'source scope scopes issuer audience subject prefix suffix rotation engine match matches encoder regex pattern ' +
    'visible visibility show toggle form page screen dialog component class style icon column table event number num total ' +
    'domain secure samesite consent settings options config configuration requirements rotated algorithms encoding detail ' +
    'details rate per chars char vault pair probability logprob logprobs estimate estimator counter balance supply in after until since idx exp iat result results purpose verified ' +
    'regexp reg metadata messages params with set get has append parse serialize split push includes equals starts ends wizard ratio cmd command encode decode strip trim lower upper encryption hashing hasher',
);

/**
 * What a key says about its value, by its words and never by substrings: split at `. _ -` and at capitals.
 *
 * `dbPassword`, `x-api-key`, `SECRET_KEY` are strong; `auth`, `pass`, `key` alone are weak; `author`, `monkey`,
 * `gen_ai.usage.input_tokens`, `session.id`, `passwordless_enabled` say nothing.
 */
export function senseOfKey(key: string): KeySense {
  // Our own facts: signatures and fingerprints look random and are not secret. Their values are scanned all the same.
  if (key.startsWith('agentlog.')) return undefined;
  return senseOfWords(splitWords(withoutMarks(NOT_ASCII.test(key) ? visible(key) : key, 'masked')));
}

/** The words of a key in lower case. */
export function splitWords(key: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let index = 0; index <= key.length; index++) {
    const code = key.charCodeAt(index);
    if (index === key.length || !isLetterOrDigit(code)) {
      if (index > start) parts.push(key.slice(start, index).toLowerCase());
      start = index + 1;
    } else if (index > start && startsWord(key, index, code)) {
      parts.push(key.slice(start, index).toLowerCase());
      start = index;
    }
  }
  return parts;
}

export function senseOfWords(words: readonly string[]): KeySense {
  const parts = words.map(withoutNumber);
  let sense: KeySense;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as string;
    if (STRONG_PAIRS.has(part + (parts[index + 1] ?? ' '))) {
      sense = 'strong';
      index++;
      continue;
    }
    const own = senseOfWord(part, parts[index - 1] ?? '', parts[index + 1] ?? '');
    if (own !== undefined) sense = sense === 'strong' ? sense : own;
    else if (sense !== undefined && isAbout(part, parts[index - 1] ?? '')) sense = undefined;
  }
  return sense;
}

/** `password2`, `apiKey1`: the number says which. */
function withoutNumber(word: string): string {
  let end = word.length;
  while (end > 1 && isDigit(word.charCodeAt(end - 1))) end--;
  return end === word.length || word.length - end > MAX_NUMBER ? word : word.slice(0, end);
}

/** `credentials_id`, `key_id` name one; `secret_id` is a secret of Vault. */
function isAbout(part: string, before: string): boolean {
  if (part === 'id' || part === 'ids') return before !== 'secret';
  if (part === 'number') return before !== 'security';
  return ABOUT.has(part);
}

function senseOfWord(part: string, before: string, after: string): KeySense {
  if (STRONG.has(part)) return 'strong';
  if (part === 'key' || part === 'keys') {
    if (KEY_OWNERS.has(before)) return 'strong';
    return part === 'key' && after === '' && !PLAIN_KEYS.has(before) ? 'faint' : undefined;
  }
  if (part === 'tokens') return TOKEN_OWNERS.has(before) ? 'strong' : undefined;
  if (part === 'pass') return PASS_OWNERS.has(before) ? 'strong' : after === '' ? 'weak' : undefined;
  if (part === 'token' && TOKEN_OF_TEXT.has(before)) return undefined;
  if (part === 'pw') return before === '' ? 'weak' : 'strong';
  if (part.endsWith('key') && KEY_OWNERS.has(lastOwner(part))) return 'strong';
  for (const ending of STRONG_ENDINGS) if (part.endsWith(ending)) return 'strong';
  if (NOT_ASCII.test(part)) for (const ending of OTHER_ENDINGS) if (part.endsWith(ending)) return 'strong';
  for (const ending of PLURAL_ENDINGS) if (part.endsWith(ending)) return 'strong';
  return WEAK.has(part) && after === '' ? 'weak' : undefined;
}

/** `azurestorageaccountkey`: the longest owner that stands before `key`; the word without it when there is none. */
function lastOwner(part: string): string {
  const rest = part.slice(0, -3);
  for (let start = 0; start < rest.length - 2; start++)
    if (KEY_OWNERS.has(rest.slice(start))) return rest.slice(start);
  return rest;
}

function startsWord(key: string, index: number, code: number): boolean {
  if (!isUpper(code)) return false;
  const before = key.charCodeAt(index - 1);
  if (!isUpper(before)) return true;
  const after = key.charCodeAt(index + 1);
  return isLower(after);
}

function isUpper(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isLower(code: number): boolean {
  return code >= 97 && code <= 122;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetterOrDigit(code: number): boolean {
  return isDigit(code) || isUpper(code) || isLower(code) || code > 127;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
