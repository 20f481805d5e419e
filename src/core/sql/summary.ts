import { isCatalogName } from './catalog.ts';
import { K, keywordSet } from './keywords.ts';
import type { StatementKind } from './sql-facts.ts';

const MAX_SUMMARY = 255;
const MAX_DEPTH = 64;
const MAX_COLLECTIONS = 32;

/** What a level of parentheses is about. */
const OP = {
  none: 0,
  start: 1,
  select: 2,
  insert: 3,
  target: 4,
  create: 5,
  call: 6,
  with: 7,
  setOperation: 8,
  explain: 9,
  expression: 10,
  begin: 11,
} as const;

/** What the next word of a level may be. */
const EXPECT = {
  nothing: 0,
  target: 1,
  fromList: 2,
  into: 3,
  deleteTarget: 4,
  objectType: 5,
  objectName: 6,
  cteName: 7,
  cteAs: 8,
  cteDone: 9,
  lockTarget: 10,
  first: 11,
  objectList: 12,
} as const;

const FROM_SEEN = 1 << 16;

/** Words that end the list of tables. */
const CLAUSE = keywordSet(
  'WHERE',
  'GROUP',
  'HAVING',
  'ORDER',
  'LIMIT',
  'OFFSET',
  'FETCH',
  'WINDOW',
  'FOR',
  'SET',
  'RETURNING',
  'DO',
  'QUALIFY',
);
/** Words that may stand before a target. */
const MODIFIER = keywordSet(
  'ONLY',
  'LATERAL',
  'LOW_PRIORITY',
  'HIGH_PRIORITY',
  'DELAYED',
  'QUICK',
  'IGNORE',
  'INTO',
  'TOP',
  'IF',
  'NOT',
  'EXISTS',
  'CONCURRENTLY',
  'OVERWRITE',
);
/** Words between CREATE and the kind of object. */
const DDL_MODIFIER = keywordSet(
  'OR',
  'REPLACE',
  'TEMP',
  'TEMPORARY',
  'GLOBAL',
  'LOCAL',
  'UNLOGGED',
  'UNIQUE',
  'CLUSTERED',
  'NONCLUSTERED',
  'MATERIALIZED',
  'RECURSIVE',
  'EXTERNAL',
  'FULLTEXT',
  'SPATIAL',
  'VIRTUAL',
  'PUBLIC',
  'BITMAP',
  'CONCURRENTLY',
);
/** Kinds of object whose name follows; of any other only the kind is said. */
const DDL_NAMED = keywordSet(
  'TABLE',
  'INDEX',
  'VIEW',
  'PROCEDURE',
  'FUNCTION',
  'TRIGGER',
  'DATABASE',
  'SCHEMA',
  'SEQUENCE',
  'USER',
  'ROLE',
  'TYPE',
  'DOMAIN',
  'EXTENSION',
  'LOGIN',
);
/** Statements of which only the command is said. */
const BARE = keywordSet(
  'GRANT',
  'REVOKE',
  'SHOW',
  'SET',
  'RESET',
  'PRAGMA',
  'VACUUM',
  'ANALYZE',
  'DECLARE',
  'CLOSE',
  'DISCARD',
  'LISTEN',
  'UNLISTEN',
  'NOTIFY',
  'DEALLOCATE',
  'PREPARE',
  'CHECKPOINT',
  'COMMENT',
  'REFRESH',
  'REINDEX',
  'LOAD',
  'ATTACH',
  'DETACH',
  'KILL',
  'FLUSH',
  'OPTIMIZE',
  'RENAME',
  'SAVEPOINT',
  'RELEASE',
  'ABORT',
  'END',
  'FETCH',
  'MOVE',
  'DO',
);
// biome-ignore format: one list of words
const TRANSACTION = keywordSet(
  'BEGIN', 'COMMIT', 'ROLLBACK', 'START', 'ABORT', 'END', 'SAVEPOINT', 'RELEASE',
);
const SESSION = keywordSet(
  'SET',
  'RESET',
  'SHOW',
  'USE',
  'DISCARD',
  'LISTEN',
  'UNLISTEN',
  'DEALLOCATE',
  'PREPARE',
  'PRAGMA',
  'DECLARE',
  'CLOSE',
  'FETCH',
  'MOVE',
  'NOTIFY',
);
const STARTS_IN_BLOCK = keywordSet('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'WITH', 'CALL', 'EXEC');

const READ = 1;
const WRITE = 2;
const CONTROL = 4;
const SETTING = 8;
const CATALOG = 16;
const OTHER = 32;

/**
 * Reads operations and their targets off a stream of tokens, by the grammar of `db.query.summary`
 * (https://opentelemetry.io/docs/specs/semconv/db/database-spans/#generating-a-summary-of-the-query).
 *
 * It is told words, names, commas, parentheses and semicolons; everything else is `other`. One level of state for
 * each pair of parentheses, at most 64; deeper ones are passed over.
 */
export class Summary {
  private source = '';
  private text = '';
  private full = false;
  private operation = '';
  private collections: string[] = [];
  private ctes: string[] | undefined;
  private kinds = 0;
  private op: number = OP.start;
  private expect: number = EXPECT.nothing;
  private fromSeen = 0;
  private depth = 0;
  private statementEmpty = true;
  private readonly stack = new Int32Array(MAX_DEPTH);
  /** The kind of object a CREATE or ALTER is about, or the command of the statement. */
  command = 0;
  objectType = 0;

  reset(source: string): void {
    this.source = source;
    this.text = '';
    this.full = false;
    this.operation = '';
    this.collections = [];
    this.ctes = undefined;
    this.kinds = 0;
    this.startStatement();
  }

  /** A keyword, or a name when `kw` is 0, at [start, end) of the source; `previous` is the word before it. */
  word(kw: number, start: number, end: number, previous: number): void {
    switch (this.expect) {
      case EXPECT.nothing:
      case EXPECT.fromList:
        if (this.op === OP.select) this.inSelect(kw, previous);
        else if (this.op !== OP.none) this.elsewhere(kw, start, end, previous);
        return;
      case EXPECT.target: {
        this.asTarget(kw, start, end);
        return;
      }
      case EXPECT.first:
        this.expect = EXPECT.nothing;
        if (kw === K.SELECT || kw === K.WITH) this.begin(kw, start, end);
        return;
      case EXPECT.into:
        if (kw === K.INTO) this.expect = EXPECT.target;
        else if (kw === K.SELECT) this.begin(kw, start, end);
        return;
      case EXPECT.deleteTarget:
        if (kw === K.FROM) this.expect = EXPECT.target;
        else if (MODIFIER[kw] === 0) this.target(start, end, true);
        return;
      case EXPECT.objectType: {
        this.asObjectType(kw, start, end);
        return;
      }
      case EXPECT.objectName:
        if (MODIFIER[kw] === 1) return;
        if (kw === K.ON) this.expect = EXPECT.nothing;
        else this.objectName(start, end);
        return;
      case EXPECT.cteName:
        if (kw === K.RECURSIVE) return;
        this.ctes ??= [];
        if (this.ctes.length < MAX_COLLECTIONS) this.ctes.push(plainName(this.source.slice(start, end)));
        this.expect = EXPECT.cteAs;
        return;
      case EXPECT.cteDone:
        if (
          kw === K.SELECT ||
          kw === K.INSERT ||
          kw === K.UPDATE ||
          kw === K.DELETE ||
          kw === K.MERGE ||
          kw === K.REPLACE
        )
          this.begin(kw, start, end);
        return;
      case EXPECT.lockTarget:
        if (kw === K.TABLE || kw === K.TABLES) this.append(start, end);
        else this.target(start, end, true);
        return;
    }
  }

  open(previous: number): void {
    const outer = this.op;
    const expected = this.expect;
    let inner: number = OP.expression;
    let innerExpect: number = EXPECT.first;
    if (outer === OP.start || outer === OP.setOperation) {
      inner = OP.start;
      innerExpect = EXPECT.nothing;
      this.op = OP.select;
    } else if (expected === EXPECT.target && outer === OP.select) {
      inner = OP.select;
      innerExpect = EXPECT.target;
      this.expect = EXPECT.fromList;
    } else if (expected === EXPECT.target || expected === EXPECT.deleteTarget) {
      if (previous !== K.TOP) this.expect = EXPECT.nothing;
    } else if (expected === EXPECT.cteAs && (previous === K.AS || previous === K.MATERIALIZED)) {
      inner = OP.start;
      innerExpect = EXPECT.nothing;
      this.expect = EXPECT.cteDone;
    } else if (expected === EXPECT.cteName) {
      // INSERT INTO t WITH (TABLOCK): not a common table expression after all.
      this.op = OP.insert;
      this.expect = EXPECT.nothing;
    }
    if (this.depth < MAX_DEPTH) this.stack[this.depth] = this.op | (this.expect << 8) | this.fromSeen;
    this.depth++;
    this.op = inner;
    this.expect = innerExpect;
    this.fromSeen = inner === OP.select ? FROM_SEEN : 0;
  }

  close(): void {
    if (this.depth === 0) return;
    this.depth--;
    if (this.depth >= MAX_DEPTH) return;
    const saved = this.stack[this.depth] as number;
    this.op = saved & 0xff;
    this.expect = (saved >> 8) & 0xff;
    this.fromSeen = saved & FROM_SEEN;
  }

  comma(): void {
    if (this.expect === EXPECT.fromList) this.expect = EXPECT.target;
    else if (this.expect === EXPECT.cteDone) this.expect = EXPECT.cteName;
    else if (this.expect === EXPECT.objectList) this.expect = EXPECT.objectName;
    else if (this.expect === EXPECT.first) this.expect = EXPECT.nothing;
  }

  semicolon(): void {
    this.startStatement();
  }

  /** A string where a table may be named: MySQL and SQLite accept one. True when it was taken as a target. */
  quotedTarget(start: number, end: number): boolean {
    if (this.expect !== EXPECT.target || this.op !== OP.select || end - start > 66) return false;
    if (!/^'[\p{L}_][\p{L}\p{N}_$ ]*'$/u.test(this.source.slice(start, end))) return false;
    this.target(start, end, true);
    this.expect = EXPECT.fromList;
    return true;
  }

  /** A literal, a bind marker or an operator. */
  other(): void {
    if (
      this.expect === EXPECT.first ||
      this.expect === EXPECT.target ||
      this.expect === EXPECT.deleteTarget
    ) {
      if (this.op !== OP.call)
        this.expect = this.op === OP.select && this.fromSeen !== 0 ? EXPECT.fromList : EXPECT.nothing;
    }
  }

  /** True where the next word names something that is read or written. */
  get expectsTarget(): boolean {
    const expected = this.expect;
    return expected === EXPECT.target || expected === EXPECT.deleteTarget || expected === EXPECT.objectName;
  }

  result(): { summary: string; operation: string; collections: string[]; kind: StatementKind } {
    return {
      summary: this.text,
      operation: this.operation,
      collections: this.collections,
      kind: this.kind(),
    };
  }

  private kind(): StatementKind {
    const kinds = this.kinds;
    if ((kinds & WRITE) !== 0) return 'write';
    if ((kinds & OTHER) !== 0) return 'other';
    if ((kinds & READ) !== 0) {
      if (this.collections.length === 0) return 'read';
      for (const name of this.collections) if (!isCatalogName(name)) return 'read';
      return 'catalog';
    }
    if ((kinds & CATALOG) !== 0) return 'catalog';
    if ((kinds & CONTROL) !== 0) return 'transaction';
    return (kinds & SETTING) !== 0 ? 'session' : 'other';
  }

  private startStatement(): void {
    this.op = OP.start;
    this.expect = EXPECT.nothing;
    this.fromSeen = 0;
    this.depth = 0;
    this.ctes = undefined;
    this.statementEmpty = true;
    this.command = 0;
    this.objectType = 0;
  }

  private inSelect(kw: number, previous: number): void {
    if (kw === 0) return;
    if (kw === K.FROM) {
      if (this.fromSeen === 0 && previous !== K.DISTINCT) {
        this.fromSeen = FROM_SEEN;
        this.expect = EXPECT.target;
      }
    } else if (kw === K.JOIN || kw === K.STRAIGHT_JOIN) {
      if (this.fromSeen !== 0) this.expect = EXPECT.target;
    } else if (kw === K.APPLY) {
      if (previous === K.CROSS || previous === K.OUTER) this.expect = EXPECT.target;
    } else if (
      kw === K.UNION ||
      kw === K.INTERSECT ||
      kw === K.EXCEPT ||
      (kw === K.MINUS && previous !== K.AS)
    ) {
      this.op = OP.setOperation;
      this.expect = EXPECT.nothing;
    } else if (CLAUSE[kw] === 1) {
      if (previous !== K.AS) this.expect = EXPECT.nothing;
    }
  }

  private elsewhere(kw: number, start: number, end: number, previous: number): void {
    switch (this.op) {
      case OP.start: {
        this.begin(kw, start, end);
        return;
      }
      case OP.insert:
      case OP.create:
        if (kw === K.SELECT) this.begin(kw, start, end);
        else if (kw === K.WITH && (this.op === OP.insert || previous === K.AS)) this.begin(kw, start, end);
        else if (kw === K.INTO && this.op === OP.insert && (previous === K.ALL || previous === 0))
          this.expect = EXPECT.target;
        return;
      case OP.setOperation:
        if (kw === K.SELECT) this.begin(kw, start, end);
        else if (kw === K.VALUES) this.op = OP.none;
        return;
      case OP.explain:
        if (
          kw === K.INSERT ||
          kw === K.UPDATE ||
          kw === K.DELETE ||
          kw === K.SELECT ||
          kw === K.WITH ||
          kw === K.MERGE
        )
          this.begin(kw, start, end);
        return;
      case OP.begin:
        if (kw === K.TRANSACTION) this.append(start, end);
        else if (STARTS_IN_BLOCK[kw] === 1) this.begin(kw, start, end);
        else this.op = OP.none;
        return;
    }
  }

  /** The first word of a statement, or of a query inside one. */
  private begin(kw: number, start: number, end: number): void {
    this.fromSeen = 0;
    this.expect = EXPECT.nothing;
    this.command = this.statementEmpty ? kw : this.command;
    if (kw === K.WITH) {
      this.op = OP.with;
      this.expect = EXPECT.cteName;
      return;
    }
    if (kw === K.FROM) {
      // FROM first: DuckDB and Hibernate leave the SELECT out.
      this.appendText(this.source.charCodeAt(start) === 102 ? 'select' : 'SELECT');
      this.op = OP.select;
      this.fromSeen = FROM_SEEN;
      this.expect = EXPECT.target;
      this.kinds |= READ;
      return;
    }
    this.op = OP.none;
    if (this.enter(kw)) this.append(start, end);
  }

  /** Sets the state for a statement that begins with this word; false when it is none we know. */
  private enter(kw: number): boolean {
    switch (kw) {
      case K.SELECT:
        this.op = OP.select;
        this.kinds |= READ;
        return true;
      case K.INSERT:
        return this.writing(OP.insert, EXPECT.into);
      case K.REPLACE:
        return this.writing(OP.insert, EXPECT.target);
      case K.UPDATE:
      case K.MERGE:
      case K.UPSERT:
      case K.COPY:
        return this.writing(OP.target, EXPECT.target);
      case K.DELETE:
        return this.writing(OP.target, EXPECT.deleteTarget);
      case K.CREATE:
      case K.ALTER:
      case K.DROP:
        this.kinds |= OTHER;
        this.op = OP.create;
        this.expect = EXPECT.objectType;
        return true;
      case K.TRUNCATE:
        this.kinds |= WRITE;
        this.op = OP.create;
        this.expect = EXPECT.objectType;
        return true;
      case K.CALL:
      case K.EXEC:
      case K.EXECUTE:
        this.kinds |= OTHER;
        this.op = OP.call;
        this.expect = EXPECT.target;
        return true;
      case K.EXPLAIN:
      case K.DESCRIBE:
        this.kinds |= READ;
        this.op = OP.explain;
        return true;
      case K.VALUES:
        this.kinds |= READ;
        return true;
      case K.BEGIN:
      case K.COMMIT:
      case K.ROLLBACK:
      case K.START:
        this.kinds |= CONTROL;
        this.op = OP.begin;
        return true;
      case K.LOCK:
        this.kinds |= CONTROL;
        this.expect = EXPECT.lockTarget;
        return true;
      case K.USE:
        this.kinds |= SETTING;
        this.op = OP.call;
        this.expect = EXPECT.target;
        return true;
      default:
        if (BARE[kw] !== 1) return false;
        this.kinds |= TRANSACTION[kw] === 1 ? CONTROL : SESSION[kw] === 1 ? SETTING : OTHER;
        return true;
    }
  }

  private writing(op: number, expect: number): boolean {
    this.kinds |= WRITE;
    this.op = op;
    this.expect = expect;
    return true;
  }

  private asTarget(kw: number, start: number, end: number): void {
    if (this.op === OP.call) {
      if (kw === K.NEXT || kw === K.VALUE || kw === K.FOR) return;
      this.expect = EXPECT.nothing;
      if (kw !== K.IMMEDIATE) this.append(start, end);
      return;
    }
    if (MODIFIER[kw] === 1) return;
    if (this.op === OP.select) {
      const first = this.depth > 0 && this.fromSeen !== 0;
      if (first && (kw === K.SELECT || kw === K.WITH)) {
        this.begin(kw, start, end);
        return;
      }
      if (first && kw === K.VALUES) {
        this.op = OP.none;
        this.expect = EXPECT.nothing;
        return;
      }
      if (CLAUSE[kw] === 1) {
        this.expect = EXPECT.nothing;
        return;
      }
      this.target(start, end, true);
      this.expect = EXPECT.fromList;
      return;
    }
    // SQLite: UPDATE OR IGNORE t, INSERT OR REPLACE INTO t.
    if (kw === K.OR || kw === K.REPLACE || kw === K.ROLLBACK || kw === K.ABORT) return;
    this.target(start, end, true);
  }

  private asObjectType(kw: number, start: number, end: number): void {
    if (DDL_MODIFIER[kw] === 1) return;
    if (this.command === K.TRUNCATE && kw !== K.TABLE) {
      if (MODIFIER[kw] === 0) this.objectName(start, end);
      return;
    }
    this.objectType = kw;
    this.append(start, end);
    if (this.text === `${this.operation} ${this.source.slice(start, end)}`) this.operation = this.text;
    this.expect = DDL_NAMED[kw] === 1 ? EXPECT.objectName : EXPECT.nothing;
  }

  private objectName(start: number, end: number): void {
    const type = this.objectType;
    const isTable = type === K.TABLE || type === K.VIEW || this.command === K.TRUNCATE;
    this.target(start, end, isTable);
    this.expect = this.command === K.DROP || this.command === K.TRUNCATE ? EXPECT.objectList : EXPECT.nothing;
  }

  private target(start: number, end: number, collection: boolean): void {
    this.expect = EXPECT.nothing;
    const name = this.source.slice(start, end);
    if (this.ctes?.includes(plainName(name)) === true) return;
    this.appendText(name);
    if (collection && this.collections.length < MAX_COLLECTIONS && !this.collections.includes(name)) {
      this.collections.push(name);
    }
  }

  private append(start: number, end: number): void {
    this.appendText(this.source.slice(start, end));
  }

  private appendText(part: string): void {
    if (this.operation === '') this.operation = part;
    const separator = this.text === '' ? '' : this.statementEmpty ? '; ' : ' ';
    this.statementEmpty = false;
    if (this.full) return;
    if (this.text.length + separator.length + part.length > MAX_SUMMARY) this.full = true;
    else this.text += separator + part;
  }
}

/** A name without quotes, in lower case: how names of common table expressions are compared. */
function plainName(name: string): string {
  const first = name.charCodeAt(0);
  const quoted = first === 34 || first === 91 || first === 96;
  return (quoted ? name.slice(1, -1) : name).toLowerCase();
}
