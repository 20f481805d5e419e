import { K, type Keyword, keywordSet } from './keywords.ts';

/** What a level of parentheses is about. */
export const OP = {
  none: 0,
  start: 1,
  select: 2,
  insert: 3,
  target: 4,
  ddl: 5,
  call: 6,
  with: 7,
  setOperation: 8,
  explain: 9,
  expression: 10,
  begin: 11,
} as const;

/** What the next word of a level may be. */
export const EXPECT = {
  nothing: 0,
  fromList: 1,
  target: 2,
  first: 3,
  into: 4,
  deleteTarget: 5,
  objectType: 6,
  objectName: 7,
  objectList: 8,
  cteName: 9,
  cteAs: 10,
  cteDone: 11,
  lockTarget: 12,
  deleteFrom: 13,
} as const;

/** What statements do, as bits; a text may hold several. */
export const KIND = { read: 1, write: 2, control: 4, setting: 8, other: 16 } as const;

/** How a statement goes on after its first word: `op | expect << 8 | kind << 16`, 0 for a word that begins none. */
export const STATEMENT: Int32Array = new Int32Array(256);

begins(OP.select, EXPECT.nothing, KIND.read, 'SELECT');
begins(OP.insert, EXPECT.into, KIND.write, 'INSERT');
begins(OP.insert, EXPECT.target, KIND.write, 'REPLACE');
begins(OP.target, EXPECT.target, KIND.write, 'UPDATE', 'MERGE', 'UPSERT', 'COPY');
begins(OP.target, EXPECT.deleteTarget, KIND.write, 'DELETE');
begins(OP.ddl, EXPECT.objectType, KIND.other, 'CREATE', 'ALTER', 'DROP');
begins(OP.ddl, EXPECT.objectType, KIND.write, 'TRUNCATE');
begins(OP.call, EXPECT.target, KIND.other, 'CALL', 'EXEC', 'EXECUTE');
begins(OP.call, EXPECT.target, KIND.setting, 'USE');
begins(OP.explain, EXPECT.nothing, KIND.read, 'EXPLAIN', 'DESCRIBE');
begins(OP.begin, EXPECT.nothing, KIND.control, 'BEGIN', 'COMMIT', 'ROLLBACK', 'START');
begins(OP.none, EXPECT.lockTarget, KIND.control, 'LOCK');
begins(OP.none, EXPECT.nothing, KIND.read, 'VALUES');
begins(OP.none, EXPECT.nothing, KIND.control, 'ABORT', 'END', 'SAVEPOINT', 'RELEASE');
// biome-ignore format: one list of words
begins(OP.none, EXPECT.nothing, KIND.setting,
  'SET', 'RESET', 'SHOW', 'DISCARD', 'LISTEN', 'UNLISTEN', 'NOTIFY', 'DEALLOCATE', 'PREPARE', 'PRAGMA', 'DECLARE',
  'CLOSE', 'FETCH', 'MOVE',
);
// biome-ignore format: one list of words
begins(OP.none, EXPECT.nothing, KIND.other,
  'GRANT', 'REVOKE', 'VACUUM', 'ANALYZE', 'CHECKPOINT', 'COMMENT', 'REFRESH', 'REINDEX', 'LOAD', 'ATTACH', 'DETACH',
  'KILL', 'FLUSH', 'OPTIMIZE', 'RENAME', 'DO',
);

function begins(op: number, expect: number, kind: number, ...words: Keyword[]): void {
  for (const word of words) STATEMENT[K[word]] = op | (expect << 8) | (kind << 16);
}

/** Words that end the list of tables. */
// biome-ignore format: one list of words
export const CLAUSE: Uint8Array = keywordSet(
  'WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'OFFSET', 'FETCH', 'WINDOW', 'FOR', 'SET', 'RETURNING', 'DO', 'QUALIFY',
);

/** Words that mean something at the level of a SELECT. */
// biome-ignore format: one list of words
export const IN_SELECT: Uint8Array = keywordSet(
  'WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'OFFSET', 'FETCH', 'WINDOW', 'FOR', 'SET', 'RETURNING', 'DO', 'QUALIFY',
  'FROM', 'JOIN', 'STRAIGHT_JOIN', 'APPLY', 'UNION', 'INTERSECT', 'EXCEPT', 'MINUS',
);

/** Words that may stand before a target. */
// biome-ignore format: one list of words
export const MODIFIER: Uint8Array = keywordSet(
  'ONLY', 'LATERAL', 'LOW_PRIORITY', 'HIGH_PRIORITY', 'DELAYED', 'QUICK', 'IGNORE', 'INTO', 'TOP', 'IF', 'NOT',
  'EXISTS', 'CONCURRENTLY', 'OVERWRITE',
);

/** Words between CREATE and the kind of object. */
// biome-ignore format: one list of words
export const DDL_MODIFIER: Uint8Array = keywordSet(
  'OR', 'REPLACE', 'ALTER', 'TEMP', 'TEMPORARY', 'GLOBAL', 'LOCAL', 'UNLOGGED', 'UNIQUE', 'CLUSTERED', 'NONCLUSTERED',
  'MATERIALIZED', 'RECURSIVE', 'EXTERNAL', 'FULLTEXT', 'SPATIAL', 'VIRTUAL', 'PUBLIC', 'BITMAP', 'CONCURRENTLY',
);

/** Kinds of object whose name follows; of any other only the kind is said. */
// biome-ignore format: one list of words
export const DDL_NAMED: Uint8Array = keywordSet(
  'TABLE', 'INDEX', 'VIEW', 'PROCEDURE', 'FUNCTION', 'TRIGGER', 'DATABASE', 'SCHEMA', 'SEQUENCE', 'USER', 'ROLE',
  'TYPE', 'DOMAIN', 'EXTENSION', 'LOGIN',
);

/** Statements that may follow BEGIN in a block, EXPLAIN, or the list of common table expressions. */
export const NESTED_STATEMENT: Uint8Array = keywordSet(
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'WITH',
  'CALL',
  'EXEC',
  'REPLACE',
);
