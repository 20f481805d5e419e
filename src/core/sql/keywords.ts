import { hashWord, WORD_SEED_1, WORD_SEED_2 } from './word-hash.ts';

/**
 * The words the lexer and the summary know, by id; 0 stands for a name. The numbers mean nothing. A literal object,
 * because the engine folds its fields into constants.
 */
// biome-ignore format: one list of words
export const K = {
  SELECT: 1, INSERT: 2, UPDATE: 3, DELETE: 4, MERGE: 5, REPLACE: 6, UPSERT: 7, VALUES: 8, WITH: 9, FROM: 10,
  INTO: 11, JOIN: 12, STRAIGHT_JOIN: 13, APPLY: 14, CROSS: 15, OUTER: 16, INNER: 17, LEFT: 18, RIGHT: 19,
  FULL: 20, NATURAL: 21, ON: 22, USING: 23, WHERE: 24, GROUP: 25, HAVING: 26, ORDER: 27, BY: 28, LIMIT: 29,
  OFFSET: 30, FETCH: 31, WINDOW: 32, FOR: 33, UNION: 34, INTERSECT: 35, EXCEPT: 36, MINUS: 37, ALL: 38,
  DISTINCT: 39, ONLY: 40, LATERAL: 41, AS: 42, SET: 43, RETURNING: 44, DO: 45, RECURSIVE: 46,
  MATERIALIZED: 47, NOT: 48, IS: 49, IN: 50, NULL: 51, TRUE: 52, FALSE: 53, AND: 54, OR: 55, LIKE: 56,
  ILIKE: 57, GLOB: 58, BETWEEN: 59, CASE: 60, WHEN: 61, THEN: 62, ELSE: 63, END: 64, DEFAULT: 65,
  INTERVAL: 66, ASC: 67, DESC: 68, TOP: 69, RETURN: 70, CREATE: 71, ALTER: 72, DROP: 73, TRUNCATE: 74,
  TABLE: 75, TABLES: 76, INDEX: 77, VIEW: 78, PROCEDURE: 79, FUNCTION: 80, TRIGGER: 81, DATABASE: 82,
  SCHEMA: 83, SEQUENCE: 84, USER: 85, ROLE: 86, TYPE: 87, DOMAIN: 88, EXTENSION: 89, LOGIN: 90, IF: 91,
  EXISTS: 92, CONCURRENTLY: 93, TEMP: 94, TEMPORARY: 95, GLOBAL: 96, LOCAL: 97, UNLOGGED: 98, UNIQUE: 99,
  CLUSTERED: 100, NONCLUSTERED: 101, EXTERNAL: 102, FULLTEXT: 103, SPATIAL: 104, VIRTUAL: 105, PUBLIC: 106,
  BITMAP: 107, CALL: 108, EXEC: 109, EXECUTE: 110, NEXT: 111, VALUE: 112, IMMEDIATE: 113, EXPLAIN: 114,
  DESCRIBE: 115, BEGIN: 116, COMMIT: 117, ROLLBACK: 118, START: 119, ABORT: 120, SAVEPOINT: 121,
  RELEASE: 122, TRANSACTION: 123, LOCK: 124, USE: 125, GRANT: 126, REVOKE: 127, SHOW: 128, RESET: 129,
  PRAGMA: 130, VACUUM: 131, ANALYZE: 132, COPY: 133, DECLARE: 134, CLOSE: 135, DISCARD: 136, LISTEN: 137,
  UNLISTEN: 138, NOTIFY: 139, DEALLOCATE: 140, PREPARE: 141, CHECKPOINT: 142, COMMENT: 143, REFRESH: 144,
  REINDEX: 145, LOAD: 146, ATTACH: 147, DETACH: 148, KILL: 149, FLUSH: 150, OPTIMIZE: 151, RENAME: 152,
  LOW_PRIORITY: 153, HIGH_PRIORITY: 154, DELAYED: 155, QUICK: 156, IGNORE: 157, OVERWRITE: 158,
  PASSWORD: 159, IDENTIFIED: 160, CONNECT: 161, VALIDATE: 162, CHECK: 163, EXPORT: 164, IMPORT: 165,
  RECOVER: 166, BACKUP: 167, RESTORE: 168, SYSTEM: 169, DUAL: 170, MOVE: 171, SESSION: 172, CREDENTIAL: 173,
  ADD: 174, CONSTRAINT: 175, QUALIFY: 176, ESCAPE: 177, COLLATE: 178, SOUNDS: 179, DIV: 180, MOD: 181,
  REGEXP: 182, RLIKE: 183, SIMILAR: 184, ANY: 185, SOME: 186, UNTIL: 187, WHILE: 188,
} as const;

export type Keyword = keyof typeof K;

const SIZE = 1024;
const TABLE_1 = new Int32Array(SIZE);
const TABLE_2 = new Int32Array(SIZE);
const TABLE_ID = new Uint8Array(SIZE);

for (const word of Object.keys(K) as Keyword[]) {
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
