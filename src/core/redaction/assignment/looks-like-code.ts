import { splitWords } from '../keys.ts';
import { isRandomLooking } from './random-looking.ts';

/** A member, an index or a call, with what may stand around it. */
const CHAIN =
  /^[&*!(]?[A-Za-z_$][\w$]*(?:(?:\??\.|->|::)[A-Za-z_$][\w$]*|\[[^\]]*\]|\?\.\[|<[\w$, ]+>)+(?:\(.*|\?\.?|!)?[;,)\]]*$/;
const CALL = /^[&*!(]?(?:(?:new|await) )?[A-Za-z_$][\w$.>:?\]-]*\(/;
/** A function, an arrow, a bracket that begins an expression. */
const EXPRESSION =
  /^(?:(?:async )?function\b|\(?[\w$, ]{0,80}\)?=>|[()]|!|new [A-Z]|typeof |await |class |\{(?=[\s"'}\]]|$|\.{3}|[\w.$-]{1,60}\s?[:,}\]])|\[\w*\]$|\[[A-Za-z_$]+,)/;
/** `/^[a-z]+$/`: a base64 value may begin with a slash, but has none of these signs. */
const REGEXP = /^\/.*[[({^\\|]/;
/** The type of a parameter or a field. */
const TYPE_NAME =
  /^[A-Z][A-Za-z0-9$]*(?:Array|String|Buffer|Client|Options?|Params?|Provider|Config|Result|Request|Response|Type|Map|Set|Callback|Function|Handler|Metadata|Messages?|Context|Credentials?)(?:<.*)?[\][;,$)]*$/;
/** An identifier rather than a value: letters only, with a word for a credential in it. */
const IDENTIFIER = /^[A-Za-z_$][A-Za-z_$.-]*[;,]?$/;
const CREDENTIAL_WORDS: ReadonlySet<string> = new Set(
  'password passwd passphrase pass pwd secret token tokens key keys cred creds credentials auth authorization login user username'.split(
    ' ',
  ),
);
/** A member that nobody would write: `s.` and 24 random characters is a token, `config.dbPassword` is code. */
const MIN_RANDOM = 20;

/** Whether an unquoted value is source code: a call, a member, a function, a type, the name of a variable. */
export function looksLikeCode(value: string): boolean {
  if (EXPRESSION.test(value) || REGEXP.test(value) || TYPE_NAME.test(value) || CALL.test(value)) return true;
  if (isChain(value)) return true;
  return IDENTIFIER.test(value) && namesCredential(value);
}

/** `args[0].token`, `config.dbPassword`. */
export function isChain(value: string): boolean {
  return CHAIN.test(value) && !value.split(/[.[\]>:-]/).some((part) => isRandomLooking(part, MIN_RANDOM));
}

/** `SHOP_API_KEY`, `dbPassword`: it names a credential and holds none. */
export function namesCredential(value: string): boolean {
  return splitWords(value).some((word) => CREDENTIAL_WORDS.has(word));
}
