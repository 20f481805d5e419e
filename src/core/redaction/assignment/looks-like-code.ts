import { splitWords } from '../keys.ts';
import { isRandomLooking } from './random-looking.ts';

/** A member, an index or a call, with what may stand around it. */
const CHAIN =
  /^[&*!(]?[A-Za-z_$][\w$]*(?:(?:\??\.|->|::)[A-Za-z_$][\w$]*|\[[^\]]*\]|\?\.\[|<[\w$, ]+>)+(?:\(.*|\?\.?|!)?[;,)\]]*$/;
const CALL = /^[&*!(]?(?:(?:new|await) )?[A-Za-z_$][\w$.>:?\]-]*\(/;
/** A function, an arrow, a bracket that begins an expression, a value of a struct or a list of Go. */
const EXPRESSION =
  /^(?:(?:async )?function\b|\[\d*\][\w.*[\]]+\{|&[A-Za-z_][\w.]*\{|[a-z]\w*\.[A-Z]\w*\{|[A-Z]\w*\{(?:\}|[A-Za-z]\w*:)|map\[|\*\(\*?|\(?[\w$, ]{0,80}\)?=>|[()]|!|new [A-Z]|typeof |await |class |\{(?=[\s"'}\]]|$|\.{3}|[\w.$-]{1,60}\s?[:,}\]])|\[\w*\]$|\[[A-Za-z_$]+,)/;
/** `{name}`, if it is a name. */
const IN_BRACES = /^\{\s?([\w.$-]{8,60})\s?[:,}]/;
/** `/^[a-z]+$/`: a base64 value may begin with a slash, but has none of these signs. */
const REGEXP = /^\/.*[[({^\\|]/;
/** The type of a parameter or a field. */
const TYPE_NAME =
  /^[A-Z][A-Za-z0-9$]*(?:Array|String|Buffer|Client|Options?|Params?|Provider|Config|Result|Request|Response|Type|Map|Set|Callback|Function|Handler|Metadata|Messages?|Context|Credentials?)(?:<.*)?[\][;,$)]*$/;
/** An identifier rather than a value: letters only, with a word for a credential in it. */
const IDENTIFIER = /^[A-Za-z_$][A-Za-z_$.]*[;,]?$/;
/** What members are taken of. */
const ROOTS: ReadonlySet<string> = new Set(
  'args arguments auth axios cfg config context ctx cls data env event headers input module opts options params process props req request res response result self session settings state this user window'.split(
    ' ',
  ),
);
/** A name of one word, and something in brackets: `Summer(2024)`. */
const WORD_IN_FRONT = /^[A-Za-z]+\([^()]+\)$/;
const CREDENTIAL_WORDS: ReadonlySet<string> = new Set(
  'password passwd passphrase pass pwd secret token tokens key keys cred creds credentials auth authorization login user username'.split(
    ' ',
  ),
);
/** A member that nobody would write: `s.` and 24 random characters is a token, `config.dbPassword` is code. */
const MIN_RANDOM = 20;

/** `Pwd={a}}b;c}` of ODBC, a brace doubled. */
const BRACED = /^\{[^{}\s]+\}\}[^{}\s]/;

/** `superSecret`: what people call a secret, and no variable. */
const BOAST = /^(?:super|top|very|ultra|mega|so|too|really?)/i;

/**
 * Whether an unquoted value is source code: a call, a member, a function, a type, the name of a variable. `place`:
 * right behind an equals sign stands `data` more often, as in environments, forms and connection strings, where a name
 * alone is a password; a `line` of its own may be of settings or of a program.
 */
export function looksLikeCode(value: string, place: 'code' | 'line' | 'data' = 'code'): boolean {
  const isData = place === 'data' || (place === 'line' && !/[;,)]$/.test(value));
  if (isData && BRACED.test(value)) return false;
  if (EXPRESSION.test(value)) return !isRandomLooking(IN_BRACES.exec(value)?.[1] ?? '', 8);
  if (REGEXP.test(value) || TYPE_NAME.test(value)) return true;
  if (CALL.test(value)) return !isData || !WORD_IN_FRONT.test(value);
  if (isChain(value)) return !isData || isMemberOfCode(value);
  return place !== 'data' && IDENTIFIER.test(value) && namesCredential(value) && !BOAST.test(value);
}

/** `config.url`, `row.password`; `hello.world` is a password. */
function isMemberOfCode(chain: string): boolean {
  const root = /\w+/.exec(chain)?.[0] ?? '';
  return ROOTS.has(root.toLowerCase()) || namesCredential(chain) || /[[(>!?]/.test(chain);
}

/** `args[0].token`, `config.dbPassword`. */
export function isChain(value: string): boolean {
  return CHAIN.test(value) && !value.split(/[.[\]>:-]/).some((part) => isRandomLooking(part, MIN_RANDOM));
}

/** `SHOP_API_KEY`, `dbPassword`: it names a credential and holds none. */
export function namesCredential(value: string): boolean {
  return splitWords(value).some((word) => CREDENTIAL_WORDS.has(word));
}
