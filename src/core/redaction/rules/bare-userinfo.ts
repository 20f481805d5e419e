import { isPlaceholder } from '../assignment/placeholder.ts';

const REACH = 200;
/** The user and the password, not inside a path or a longer word. */
const PAIR = /(?<![\w.@%/\\$-])([A-Za-z][\w.+-]{0,63}):([\w!#$%^&*+=~?.-]{3,128})$/;
/** A name or an address, and what says that it is one of a server: a port, the path of a database. */
const HOST =
  /@((?:\d{1,3}\.){3}\d{1,3}|\[[\da-f:]{2,39}\]|[A-Za-z][\w-]{0,62}(?:\.[\w-]{1,63}){0,8})(?:(:\d{2,5})(?!\w|[.:]\w)|(\/\w)|(?![\w:@/-]))/iy;
/** What stands before a colon and an e-mail address, a package or an address of another kind. */
const LABEL =
  /^(?:mailto|e?-?mail|to|from|cc|bcc|reply-to|sips?|xmpp|acct|im|user(?:name)?|login|author|owner|maintainer|contact|git|ssh|npm|jsr|pkg|patch|workspace|https?)$/i;
/** Words that an address of a server stands behind. */
const CUE =
  /(?:dsn|conn\w{0,12}|ur[li]|host(?:name)?|database|db|proxy|redis|mongo\w{0,6}|postgres\w{0,6}|mysql|mariadb|amqp|broker|server|upstream|endpoint|addr(?:ess)?)["'`\])]?\s{0,2}(?:=>?|:|to|at|is|->)?\s{0,2}["'`([<]?$/i;
const SOURCE_FILE = /\.(?:[cm]?[jt]sx?|html?|vue|php|py)$/i;
const WORD = /^[A-Za-z]+$/;

/**
 * Where the password of `user:password@host:5432/db` begins, which has no scheme; `at` is the at sign. -1 for none: an
 * e-mail address behind a label, `npm:name@1.2`, `git@host:path`, `image:tag@sha256:…`, a line of a stack trace.
 */
export function barePasswordStart(text: string, at: number): number {
  const colon = text.lastIndexOf(':', at - 1);
  if (colon < 1 || at - colon > REACH) return -1;
  HOST.lastIndex = at;
  const server = HOST.exec(text);
  if (server === null) return -1;
  const before = text.slice(Math.max(0, at - REACH), at);
  const pair = PAIR.exec(before);
  if (pair === null) return -1;
  const [, user = '', password = ''] = pair;
  const [, host = '', port, path] = server;
  if (LABEL.test(user) || password === 'git' || SOURCE_FILE.test(host) || isPlaceholder(password)) return -1;
  const isServer =
    port !== undefined ||
    (path !== undefined && host.includes('.') && !WORD.test(password)) ||
    CUE.test(before.slice(0, pair.index));
  return isServer ? at - password.length : -1;
}
