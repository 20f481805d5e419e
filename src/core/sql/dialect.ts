/** How a database spells what the lexer must tell apart. */
export interface Dialect {
  /** `"x"`: a name, a string, or (SQLite, unknown) whatever its place says. */
  readonly doubleQuotes: 'name' | 'string' | 'guess';
  /** `\'` inside a string: an escape, two plain characters, or unknown. */
  readonly backslash: 'escape' | 'plain' | 'guess';
  /** `[x]`: a name, always array syntax, or (unknown) a name where it looks like one. */
  readonly brackets: 'name' | 'array' | 'guess';
  /** `$tag$…$tag$` is a string. */
  readonly dollarQuotes: boolean;
  /** `'''…'''` and three double quotes are strings; unknown means that they are where `''''` is not. */
  readonly tripleQuotes: boolean | 'guess';
  /** Comments nest; unknown means they do where that closes them. */
  readonly nestedComments: boolean | 'guess';
  /** `# …` is a comment, `--` needs white space after it, and the text in `/*! … *\/` runs. */
  readonly mysqlComments: boolean;
  /** `$123.45` is an amount of money, not a bind marker. */
  readonly money: boolean;
  /** `:1` is a bind marker. */
  readonly colonNumbers: boolean;
}

const ANSI: Dialect = {
  doubleQuotes: 'name',
  backslash: 'plain',
  brackets: 'array',
  dollarQuotes: false,
  tripleQuotes: false,
  nestedComments: false,
  mysqlComments: false,
  money: false,
  colonNumbers: true,
};
const UNKNOWN: Dialect = {
  ...ANSI,
  doubleQuotes: 'guess',
  backslash: 'guess',
  brackets: 'guess',
  dollarQuotes: true,
  tripleQuotes: 'guess',
  nestedComments: 'guess',
};
const POSTGRES: Dialect = { ...ANSI, dollarQuotes: true, nestedComments: true, colonNumbers: false };
const MYSQL: Dialect = { ...ANSI, doubleQuotes: 'string', backslash: 'escape', mysqlComments: true };
const SQLITE: Dialect = { ...ANSI, doubleQuotes: 'guess', brackets: 'name' };
const SQL_SERVER: Dialect = { ...ANSI, brackets: 'name', nestedComments: true, money: true };
/** Strings in either quote, with backslash escapes. */
const STRINGS: Dialect = { ...ANSI, doubleQuotes: 'string', backslash: 'escape' };
const GOOGLE: Dialect = { ...STRINGS, tripleQuotes: true };
const DOLLARS: Dialect = { ...ANSI, dollarQuotes: true };

/** By `db.system.name` and by the older `db.system`. */
const BY_SYSTEM: Readonly<Record<string, Dialect>> = {
  postgresql: POSTGRES,
  postgres: POSTGRES,
  pg: POSTGRES,
  cockroachdb: POSTGRES,
  'aws.redshift': POSTGRES,
  redshift: POSTGRES,
  mysql: MYSQL,
  mysql2: MYSQL,
  mariadb: MYSQL,
  sqlite: SQLITE,
  sqlite3: SQLITE,
  'better-sqlite3': SQLITE,
  'microsoft.sql_server': SQL_SERVER,
  mssql: SQL_SERVER,
  'oracle.db': ANSI,
  oracle: ANSI,
  oracledb: ANSI,
  'ibm.db2': ANSI,
  db2: ANSI,
  h2: DOLLARS,
  h2database: DOLLARS,
  hsqldb: ANSI,
  derby: ANSI,
  trino: ANSI,
  cassandra: DOLLARS,
  snowflake: { ...ANSI, backslash: 'escape', dollarQuotes: true },
  clickhouse: { ...ANSI, backslash: 'escape' },
  'gcp.spanner': GOOGLE,
  spanner: GOOGLE,
  bigquery: GOOGLE,
  'gcp.bigquery': GOOGLE,
  hive: STRINGS,
  couchbase: STRINGS,
};

/** The dialect of a `db.system.name` (or the older `db.system`); a careful guess for one that is missing or unknown. */
export function dialectOf(system: string | undefined): Dialect {
  if (system === undefined) return UNKNOWN;
  return Object.hasOwn(BY_SYSTEM, system) ? (BY_SYSTEM[system] ?? UNKNOWN) : UNKNOWN;
}
