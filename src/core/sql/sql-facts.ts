/**
 * What a statement does, for rules that treat them differently: `transaction` is BEGIN, COMMIT, SAVEPOINT …;
 * `session` is SET, SHOW, `SELECT 1` …; `catalog` reads only system tables; `other` is DDL, CALL and the unknown.
 */
export type StatementKind = 'read' | 'write' | 'transaction' | 'session' | 'catalog' | 'other';

/** What one pass over a statement found out. */
export interface SqlFacts {
  /** The statement with every literal replaced by `?`; the very same string when it has none. */
  readonly text: string;
  /** `{operation} {target} {operation} {target} …` as written, at most 255 characters; '' when no operation is known. */
  readonly summary: string;
  /** 16 hex digits, equal for statements that differ only in values, case, spacing, comments, bind markers, list lengths. */
  readonly signature: string;
  /** The first operation as written (`SELECT`, `CREATE TABLE`); '' when unknown. */
  readonly operation: string;
  /** Tables and views in order of first appearance, as written, without duplicates; never the names of CTEs. */
  readonly collections: readonly string[];
  readonly kind: StatementKind;
  /** It has bind markers, so the same text may stand for different values. */
  readonly parameterized: boolean;
  /** It reads one page of a longer result: OFFSET, or a range on the column it is ordered by. */
  readonly paged: boolean;
}
