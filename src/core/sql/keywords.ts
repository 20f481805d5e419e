import { hashWord, WORD_SEED_1, WORD_SEED_2 } from './word-hash.ts';

/**
 * The words the lexer and the summary know. A word that is not here is a name to them.
 * The order is meaningless; ids are only compared within one process.
 */
// biome-ignore format: one list of words
const WORDS = [
  'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'REPLACE', 'UPSERT', 'VALUES', 'WITH', 'FROM', 'INTO',
  'JOIN', 'STRAIGHT_JOIN', 'APPLY', 'CROSS', 'OUTER', 'INNER', 'LEFT', 'RIGHT', 'FULL', 'NATURAL', 'ON',
  'USING', 'WHERE', 'GROUP', 'HAVING', 'ORDER', 'BY', 'LIMIT', 'OFFSET', 'FETCH', 'WINDOW', 'FOR', 'UNION',
  'INTERSECT', 'EXCEPT', 'MINUS', 'ALL', 'DISTINCT', 'ONLY', 'LATERAL', 'AS', 'SET', 'RETURNING', 'DO',
  'RECURSIVE', 'MATERIALIZED', 'NOT', 'IS', 'IN', 'NULL', 'TRUE', 'FALSE', 'AND', 'OR', 'LIKE', 'ILIKE',
  'GLOB', 'BETWEEN', 'CASE', 'WHEN', 'THEN', 'ELSE', 'END', 'DEFAULT', 'INTERVAL', 'ASC', 'DESC', 'TOP',
  'RETURN', 'CREATE', 'ALTER', 'DROP', 'TRUNCATE', 'TABLE', 'TABLES', 'INDEX', 'VIEW', 'PROCEDURE',
  'FUNCTION', 'TRIGGER', 'DATABASE', 'SCHEMA', 'SEQUENCE', 'USER', 'ROLE', 'TYPE', 'DOMAIN', 'EXTENSION',
  'LOGIN', 'IF', 'EXISTS', 'CONCURRENTLY', 'TEMP', 'TEMPORARY', 'GLOBAL', 'LOCAL', 'UNLOGGED', 'UNIQUE',
  'CLUSTERED', 'NONCLUSTERED', 'EXTERNAL', 'FULLTEXT', 'SPATIAL', 'VIRTUAL', 'PUBLIC', 'BITMAP', 'CALL',
  'EXEC', 'EXECUTE', 'NEXT', 'VALUE', 'IMMEDIATE', 'EXPLAIN', 'DESCRIBE', 'BEGIN', 'COMMIT', 'ROLLBACK',
  'START', 'ABORT', 'SAVEPOINT', 'RELEASE', 'TRANSACTION', 'LOCK', 'USE', 'GRANT', 'REVOKE', 'SHOW', 'RESET',
  'PRAGMA', 'VACUUM', 'ANALYZE', 'COPY', 'DECLARE', 'CLOSE', 'DISCARD', 'LISTEN', 'UNLISTEN', 'NOTIFY',
  'DEALLOCATE', 'PREPARE', 'CHECKPOINT', 'COMMENT', 'REFRESH', 'REINDEX', 'LOAD', 'ATTACH', 'DETACH', 'KILL',
  'FLUSH', 'OPTIMIZE', 'RENAME', 'LOW_PRIORITY', 'HIGH_PRIORITY', 'DELAYED', 'QUICK', 'IGNORE', 'OVERWRITE',
  'PASSWORD', 'IDENTIFIED', 'CONNECT', 'VALIDATE', 'CHECK', 'EXPORT', 'IMPORT', 'RECOVER', 'BACKUP',
  'RESTORE', 'SYSTEM', 'DUAL', 'MOVE', 'SESSION', 'CREDENTIAL', 'ADD', 'CONSTRAINT', 'QUALIFY', 'ESCAPE',
  'COLLATE', 'SOUNDS', 'DIV', 'MOD', 'REGEXP', 'RLIKE', 'SIMILAR', 'ANY', 'SOME', 'UNTIL', 'WHILE',
] as const;

export type Keyword = (typeof WORDS)[number];

/** The id of each known word; 0 stands for a name. */
export const K: Readonly<Record<Keyword, number>> = Object.freeze(
  Object.fromEntries(WORDS.map((word, i) => [word, i + 1])),
) as Readonly<Record<Keyword, number>>;

const SIZE = 1024;
const TABLE_1 = new Int32Array(SIZE);
const TABLE_2 = new Int32Array(SIZE);
const TABLE_ID = new Uint8Array(SIZE);

for (const word of WORDS) {
  const h1 = hashWord(word, WORD_SEED_1);
  const h2 = hashWord(word, WORD_SEED_2);
  let slot = (h1 ^ (h1 >>> 16)) & (SIZE - 1);
  while (TABLE_ID[slot] !== 0) slot = (slot + 1) & (SIZE - 1);
  TABLE_1[slot] = h1;
  TABLE_2[slot] = h2;
  TABLE_ID[slot] = K[word];
}

/** The id of the word with these two hashes, 0 for none. A table probe: a few nanoseconds, no allocation. */
export function keywordOf(h1: number, h2: number): number {
  let slot = (h1 ^ (h1 >>> 16)) & (SIZE - 1);
  for (;;) {
    const id = TABLE_ID[slot] as number;
    if (id === 0 || (TABLE_1[slot] === h1 && TABLE_2[slot] === h2)) return id;
    slot = (slot + 1) & (SIZE - 1);
  }
}

/** A bit set over keywords, one byte each: `set[id] === 1`. */
export function keywordSet(...words: Keyword[]): Uint8Array {
  const set = new Uint8Array(256);
  for (const word of words) set[K[word]] = 1;
  return set;
}
