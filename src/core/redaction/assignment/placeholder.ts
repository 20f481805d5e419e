/** Documentation words, states and types that stand where a value would. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'null none nil undefined true false yes no on off required optional string str number int integer bool boolean text ' +
    'hidden masked redacted filtered removed changeme change_me changeit example placeholder sample dummy todo tbd na unset ' +
    'empty default invalid incorrect wrong missing expired unexpected failed unknown valid must should can cannot may is ' +
    'are was not set and or the a an for of from in to with has have will be this that your my ok error failure mismatch ' +
    'object array any void unknown never function class new self this env var let const secret password token key auth ' +
    'test foo bar baz pass pwd yyy bearer basic digest include omit same-origin inherit enabled disabled value values user username basic oauth oauth2 jwt read write stdin base64 base64url hex utf8 utf-8 utf16le latin1 ascii u8 u16 u32 u64 usize i32 i64 f32 f64'
  ).split(' '),
);
/** Templates, variables, dots and stars of every kind. A pattern here must be sure: what it fits is shown. */
const PLACEHOLDER = new RegExp(
  `^(?:${[
    '<[^<>]*>?',
    '&lt;.{0,60}?(?:&gt;)?',
    '\\\\?\\$_[A-Z]{3,8}\\[.*',
    "&(?:'\\w+ )?(?:mut )?(?:str|String|\\[u8\\])",
    '\\\\?\\$\\{(?:[^}]*|[^{}]*\\}\\}?)',
    '\\$\\([^)]*\\)?',
    '\\$?\\{\\{[^{}]*\\}?\\}?',
    '\\{(?:\\d|[A-Za-z_.: ]*)\\}',
    '\\{[A-Za-z_][A-Za-z_.]*(?:\\(\\))?(?:![rsa])?(?::[<>^]?\\d{0,3}[sdfxr]?)?\\}',
    '\\{[a-z]\\w*\\(.*',
    'ENC\\[AES256_GCM.*',
    '[^A-Za-z0-9%]{0,2}%[+#-]?\\d{0,3}[sdvqwxr][^A-Za-z0-9%]{0,2}',
    '(?:%[sdvqr]|\\{(?:[a-z_]{0,20}|\\d)\\}|[:/ ._@-]){2,12}',
    '%\\(\\w+\\)s',
    '%\\{\\w+\\}',
    '%\\w+%',
    '\\$env:[A-Za-z_]\\w*',
    '\\{\\$\\{[^{}]*\\}\\}',
    '(?:\\$\\{[A-Za-z_][\\w.]{0,60}\\}){2,8}',
    '#\\{[^{}]*\\}?',
    '@[\\w.]+@',
    '\\*{3,}.{0,4}',
    '.{0,4}\\*{4,}.{0,4}',
    '[xX]{3,}(?:-?[xX]{3,})*',
    '(.)\\1{2,}',
    '\\.{3,}.*',
    '…+',
    '[-_?#.]+',
    '\\[[A-Za-z_ :-]*\\]\\S{0,4}',
    '\\[[A-Za-z]{3,20}',
    '[\\w.:/-]{0,24}\\[REDACTED:[\\w-]+\\]\\S{0,4}',
    'REDACTED',
    '[:@][a-z_]+',
    // A grammar.
    '\\d?\\*\\(?[A-Za-z-]{2,20}',
    '![A-Za-z:]+',
    '.{0,16}(?:\\.{3}|…)',
    '.{0,16}[. …]{0,3}[[(<*](?:redacted|masked|hidden|removed|filtered|truncated|omitted|snip)[\\])>*]',
    '\\(.{0,3}[[.\\\\?].*',
    '(?:your|my|the|some|any|an?)[_ -][A-Za-z_ -]+',
    '(?:process\\.env|os\\.environ|ENV\\b|env\\.|import\\.meta|secrets\\.|vault\\.).*',
  ].join('|')})$`,
  'i',
);
const VARIABLE =
  /^\$(?:[A-Z_][A-Z0-9_]*|[a-z_]+|[a-z]+(?:[A-Z][a-z]+)+|[A-Za-z]*(?:[Pp]ass(?:word|wd)?|[Pp]wd|[Ss]ecret|[Tt]oken|[Kk]ey|[Cc]red)|\d)$/;
/** Eight crosses or sixteen of any character in a row. */
const DRAWN = /[xX]{8,}|(.)\1{15,}/g;
/** A set of characters: the alphabet, the digits. */
const CHARACTERS =
  /^(?:abcdefghijklmnopqrstuvwxyz|(?:0?123456789|1234567890)0?|[-_+/=.$!]|0123456789abcdef){1,8}$/i;
/** Nobody draws more. */
const MAX_LENGTH = 1_024;
/** Letters only, with a word nobody puts into a password. */
const MADE_UP =
  /^(?=[A-Za-z_ .-]+$).*(?:fake|dummy|example|placeholder|invalid|change[_-]?(?:me|it|this)|sample|redact|insert|replace|your|todo|not[_-]?(?:a[_-]?)?(?:real|secret))/i;
/** Words of lower case with one of an example among them and a number at most that is counted up: `fake-api-key-123`. */
const EXAMPLE_WORDS =
  /^(?=.*(?:key|token|secret|passw|cred|auth))(?=(?:.*[-_.])?(?:fake|dummy|example|placeholder|sample|invalid|mock|stub|test|testing|new|old|current|confirm|valid)(?:[-_.]|$))[a-z]{1,12}(?:[-_.][a-z]{1,12}){0,6}(?:[-_.]?(?:0?1|12|123|1234|12345|123456))?$/i;
/** The beginning of a token and nothing else: `sk_live_`. */
const PREFIX_ALONE = /^[A-Za-z]{2,8}(?:[-_][A-Za-z]{2,8})?[-_]$/;
/** The name of a header: `X-Api-Key`. */
const HEADER_NAME =
  /^[A-Z][a-z]*(?:-[A-Z][A-Za-z]*){0,4}-(?:Key|Token|Type|Auth|Authorization|Secret|Signature|Session|ID|Id|Header|Password)$|^x(?:-[a-z]{1,12}){1,5}$/;
/** A selector, a route or the path of a page: `#new-password`, `passwords#edit`, `/docs/auth`. */
const SELECTOR =
  /^(?:[.#][a-z]+(?:-[a-z]+)*|[a-z/_]+#[a-z_]+|(?:\/[a-z]+(?:[-_.][a-z]+)*(?:@\d[\d.]*)?){2,12}\/?)$/;
/** Where a store of secrets holds it. */
const POINTER =
  /^(?:arn:aws[\w-]{0,12}:|op:\/\/|ref\+[a-z]+:\/\/|vault:|secretref:|projects\/[\w-]+\/(?:secrets|locations)\/|@Microsoft\.KeyVault\(|(?:aws-?)?s(?:sm|m):\/|sops:|gcp-?sm:|keyvault:|file:\/\/|urn:[a-z])[\w./:@#()=;{}+-]*$/;
/** A host and a port. */
const HOST =
  /^(?=[a-z])(?:[a-z\d]+(?:-[a-z\d]+)*\.){2,5}(?:com|net|org|io|dev|app|internal|local|cloud)(?::\d{1,5})?$/;
/** The frame of a key with no key in it. */
const EMPTY_PEM =
  /^-----(?:BEGIN|END) [A-Za-z ]{1,40}-----(?:(?:\\n|\s){0,4}[A-Za-z .…<>_-]{0,24}(?:\\n|\s){0,4}-----END [A-Za-z ]{1,40}-----(?:\\n|\s){0,4})?$/;
/** A placeholder's word in front: `invalid_token`, `missing-key`. */
const STATE =
  /^(?:(?:invalid|missing|expired|unauthorized|unsupported|unknown|incorrect)[_ -]|(?:no|bad)[_ -](?=auth|cred|key|pass|secret|token|user|value))[A-Za-z_ -]+$/i;
/** The name of an environment variable, rather than what it holds; it may be numbered. */
const VARIABLE_NAME =
  /^(?:BASE64_)?[A-Z]+(?:_[A-Z]+)+$|^[A-Z]+(?:_[A-Z]+)*_(?:KEY|TOKEN|SECRET|PASSWORD)_?\d{1,2}$/;
/** The documentation's own keys. */
const DOCUMENTED = /EXAMPLE(?:KEY)?={0,2}$|^EXAMPLE[A-Z_-]*$|^Example[A-Za-z]*$/;
/** A file that holds it. */
const FILE_PATH =
  /^(?:(?:[A-Za-z]:[\\/]|\.{0,2}\/|~\/)[\w ./\\@-]*\.[A-Za-z]\w{1,7}|\/(?:run|var|etc|home|usr|opt|mnt|tmp|app|root|secrets)(?:\/[A-Za-z][\w.-]*){1,12})$/;
/** `jjwt-jackson-0.11.2`. */
const PACKAGE_VERSION = /^[a-z][a-z-]*(?:[-:@]v?\d+(?:\.\d+){1,3})$/;
/** `^1.0.12`, beside a package's name. */
const VERSION = /^[\^~<>=v]{0,3}\d+\.\d+\.\d+(?:[-+][\w.]+)?$/;
/** `string | undefined`, `bool = False`. */
const TYPE =
  /^(?:string|number|boolean|bigint|unknown|any|null|undefined|void|never|object|bool)(?:\[\])?(?: ?[|=].*)?[;,]?$/;
/** `0.95`: what is set is a measure. */
const NUMBER = /^-?\d{1,3}\.\d{1,4}$/;
/** `scram-sha-256`, `RS256`: how it is made. */
const ALGORITHM =
  /^(?:(?:scram-|hmac[-_]?|pbkdf2[-_:]?(?:hmac[-_])?)?sha-?\d{0,1}[-_]?\d{1,3}|md5|bcrypt|scrypt|argon2(?:id|i|d)?|pbkdf2|aes[-_]?(?:128|192|256)[-_](?:gcm|cbc|ctr)|(?:[RHPE]S(?:256|384|512)|ES256K|EdDSA))$/i;
/** A word of a description: `Optional.` */
const WORD_OF_PROSE = /^[A-Z][a-z]+\.$/;

/** Letters and digits, both: most real values, which few of the forms can fit. */
const MIXED = /^(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]+$/;
const QUOTED = /^(?:'([^']*)'|"([^"]*)")$/;

/** Values that are not secrets whatever their key says. */
export function isPlaceholder(value: string): boolean {
  const trimmed = value.trim();
  if (STOP_WORDS.has(trimmed.replace(/[:;,.]$/, '').toLowerCase())) return true;
  if (trimmed.length > MAX_LENGTH) return isDrawn(trimmed);
  if (MIXED.test(trimmed)) return isDrawn(trimmed) || DOCUMENTED.test(trimmed) || ALGORITHM.test(trimmed);
  if (isDrawn(trimmed) || VARIABLE.test(trimmed) || NOTHING.some((form) => form.test(trimmed))) return true;
  const inner = QUOTED.exec(trimmed);
  return inner !== null && isPlaceholder(inner[1] ?? inner[2] ?? '');
}

/** A third of it is one character over and over, or all of it is the alphabet. */
export function isDrawn(value: string): boolean {
  let drawn = 0;
  for (const [run] of value.matchAll(DRAWN)) drawn += run.length;
  if (drawn > 0) return drawn * 3 >= value.length;
  return value.length >= 26 && value.length <= 128 && CHARACTERS.test(value);
}

const NOTHING: readonly RegExp[] = [
  PLACEHOLDER,
  MADE_UP,
  EXAMPLE_WORDS,
  PREFIX_ALONE,
  HEADER_NAME,
  SELECTOR,
  POINTER,
  EMPTY_PEM,
  STATE,
  VARIABLE_NAME,
  DOCUMENTED,
  FILE_PATH,
  PACKAGE_VERSION,
  VERSION,
  TYPE,
  NUMBER,
  ALGORITHM,
  WORD_OF_PROSE,
];

/** An address of a host, with no user in it. */
export function isHost(value: string): boolean {
  return HOST.test(value);
}
