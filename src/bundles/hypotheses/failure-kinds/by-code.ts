import type { FailureKind } from './failure-kind.ts';

const kind = (rule: string, claim: string, refutedBy: string): FailureKind => ({ rule, claim, refutedBy });

const SCHEMA = kind(
  'schema-mismatch',
  'The statement names something that the database does not have (a column, a table, a function) or is no valid SQL: code and schema disagree.',
  'The same statement runs in this database by hand: then another schema, search path or user is in force in the app.',
);
const DUPLICATE = kind(
  'duplicate-key',
  'A row with this key was there already. Either two requests wrote it at once (the code looks first and inserts then, without a transaction or ON CONFLICT), or the same request came twice.',
  'No other request wrote that row near this time, and the row is old: then the input itself is wrong.',
);
const UNREACHABLE = kind(
  'unreachable',
  'Nothing could be reached at this address: the name does not resolve or nobody listens there. The address comes from configuration, or the called side is down.',
  'The address is right and answers from the same machine: then look at the network between them.',
);
const CUT_OFF = kind(
  'connection-lost',
  'The other side closed the connection in the middle: it restarted, ran out of something, or an idle connection was used again.',
  'The called side has a record of a whole answer to this call.',
);
const NO_RESOURCE = kind(
  'out-of-resources',
  'The system has no more of what was asked for: connections, file handles, memory or disk. Something takes them without giving them back, or the limit is too low.',
  'At that time far fewer were in use than the limit allows.',
);

/** By SQLSTATE, MySQL's, Mongo's and Prisma's codes, and the codes of Node and its libraries. The first that fits counts. */
export const BY_CODE: readonly { readonly code: RegExp; readonly kind: FailureKind }[] = [
  {
    code: /^(?:42P01|42703|42883|42601|42P02|42704|3F000|ER_(?:BAD_FIELD|NO_SUCH_TABLE|PARSE)_?\w*|P202[12])$/,
    kind: SCHEMA,
  },
  {
    code: /^(?:23505|ER_DUP_ENTRY\w*|11000|P2002|SQLITE_CONSTRAINT_(?:UNIQUE|PRIMARYKEY))$/,
    kind: DUPLICATE,
  },
  {
    code: /^(?:23502|23503|23514|22\w{3}|ER_BAD_NULL_ERROR|ER_NO_REFERENCED_ROW\w*|ER_DATA_TOO_LONG|ER_TRUNCATED\w*|P2003|P2011|P2000)$/,
    kind: kind(
      'bad-value',
      'A value did not fit what the database demands of it: missing, too long, of another type, or naming a row that is not there. The code passed it on unchecked.',
      'The values that were sent fulfil the constraint that is named.',
    ),
  },
  {
    code: /^(?:40001|40P01|55P03|ER_LOCK_DEADLOCK|ER_LOCK_WAIT_TIMEOUT|P2034)$/,
    kind: kind(
      'lock-conflict',
      'Two transactions wanted the same rows; the database ended this one. It has to be tried again, or rows must be locked in one order and for a shorter time; look for a path that begins a transaction and leaves without COMMIT or ROLLBACK.',
      'No other transaction touched these rows at that time.',
    ),
  },
  {
    code: /^(?:57014|ER_QUERY_TIMEOUT|ER_QUERY_INTERRUPTED)$/,
    kind: kind(
      'statement-timeout',
      'The statement took longer than its time limit: a missing index, a lock it waited for, or too many rows.',
      'The same statement is quick when it runs alone with the same values.',
    ),
  },
  { code: /^(?:53\w{3}|ER_CON_COUNT_ERROR|EMFILE|ENFILE|ENOSPC|ENOMEM|P2037)$/, kind: NO_RESOURCE },
  {
    code: /^(?:28\w{3}|42501|ER_(?:ACCESS_DENIED|DBACCESS_DENIED|TABLEACCESS_DENIED)_ERROR|EACCES|EPERM|P1010|invalid_api_key|authentication_error)$/,
    kind: kind(
      'not-allowed',
      'The credential or the user of the process is refused: wrong, expired, or without this right.',
      'The same credential is allowed to do the same thing by hand.',
    ),
  },
  {
    code: /^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|P1001)$/,
    kind: UNREACHABLE,
  },
  {
    code: /^(?:ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|08\w{3}|57P0[123]|PROTOCOL_CONNECTION_LOST|P1017)$/,
    kind: CUT_OFF,
  },
  {
    code: /^(?:CERT_\w+|\w*SELF_SIGNED_CERT\w*|UNABLE_TO_\w*(?:CERT|ISSUER|LEAF)\w*|ERR_TLS_\w+|EPROTO)$/,
    kind: kind(
      'certificate',
      'The certificate of the other side was not accepted: expired, for another name, or of an unknown authority.',
      'The same certificate is accepted from this machine by another client with the same authorities.',
    ),
  },
  {
    code: /^(?:ENOENT|ENOTDIR|EISDIR|MODULE_NOT_FOUND|ERR_MODULE_NOT_FOUND)$/,
    kind: kind(
      'missing-file',
      'A file or module is not where the code looks for it: it is not part of what was deployed, its name comes from somewhere unchecked (a request, configuration), or a relative path meets another working directory.',
      'The file is at this path, readable for the user of this process.',
    ),
  },
  {
    code: /^EADDRINUSE$/,
    kind: kind(
      'port-taken',
      'Another process, or a second start of this one, listens on the port already.',
      'Nothing else listens on that port.',
    ),
  },
  {
    code: /^ERR_HTTP_HEADERS_SENT$/,
    kind: kind(
      'answered-twice',
      'The code answered the same request twice: a path that goes on after an answer (a missing return), or a callback and a promise both answer.',
      'Only one place in the handler and its middlewares writes an answer.',
    ),
  },
  {
    code: /^(?:ERR_INVALID_ARG_\w+|ERR_OUT_OF_RANGE|ERR_INVALID_URL|ERR_INVALID_CHAR)$/,
    kind: kind(
      'bad-argument',
      'A function was called with a value it cannot take: look where that value comes from (input, configuration, an earlier answer).',
      'The value is what the function’s documentation asks for.',
    ),
  },
  {
    code: /^(?:rate_limit_exceeded|rate_limit_error|insufficient_quota)$/,
    kind: kind(
      'rate-limited',
      'The called side refused because there were too many calls, or the quota is used up.',
      'The number of calls in that window is below the limit that the called side states.',
    ),
  },
];
