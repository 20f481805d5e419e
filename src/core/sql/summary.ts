import { K } from './keywords.ts';
import * as statements from './statements.ts';
import { SummaryLevels } from './summary-levels.ts';

// Constants of this module fold into the code; imported ones are looked up each time.
const {
  OP,
  EXPECT,
  KIND,
  STATEMENT,
  CLAUSE,
  IN_SELECT,
  MODIFIER,
  DDL_MODIFIER,
  DDL_NAMED,
  NESTED_STATEMENT,
} = statements;
const { SELECT, WITH, FROM, INTO, AS, ON, OR, TABLE, TABLES, VALUES, REPLACE, DISTINCT, TRANSACTION, END } =
  K;

const QUOTED_NAME = /^(['"])[\p{L}_](?:[\p{L}\p{N}_$ .]|"")*\1$/u;

/**
 * Reads operations and their targets off a stream of tokens, by the grammar of `db.query.summary`
 * (https://opentelemetry.io/docs/specs/semconv/db/database-spans/#generating-a-summary-of-the-query).
 *
 * It is told words, names, commas, parentheses and semicolons; everything else is `other`. One level of state for
 * each pair of parentheses, at most 64; deeper ones are passed over.
 */
export class Summary extends SummaryLevels {
  /** The first word of the statement, and the kind of object a CREATE or ALTER is about. */
  command = 0;
  objectType = 0;

  reset(source: string): void {
    this.clear(source);
    this.startStatement();
  }

  /** A keyword, or a name when `kw` is 0, at [start, end) of the source; `previous` is the word before it. */
  word(kw: number, start: number, end: number, previous: number): void {
    if (this.expect > EXPECT.fromList) this.expected(kw, start, end);
    else if (this.op === OP.select) {
      if (IN_SELECT[kw] === 1) this.inSelect(kw, previous);
    } else if (this.op !== OP.none) this.elsewhere(kw, start, end, previous);
  }

  open(previous: number): void {
    const expect = this.expect;
    let innerOp: number = OP.expression;
    let innerExpect: number = EXPECT.first;
    if (expect <= EXPECT.fromList) {
      if (this.op === OP.start || this.op === OP.setOperation) {
        innerOp = OP.start;
        innerExpect = EXPECT.nothing;
        this.op = OP.select;
      }
    } else if (expect === EXPECT.target && this.op === OP.select) {
      innerOp = OP.select;
      innerExpect = EXPECT.target;
      this.expect = EXPECT.fromList;
    } else if (expect === EXPECT.target || expect === EXPECT.deleteTarget) {
      if (previous !== K.TOP) this.expect = EXPECT.nothing;
    } else if (expect === EXPECT.into) {
      if (previous !== K.TOP) this.withoutInto();
    } else if (expect === EXPECT.cteAs && (previous === AS || previous === K.MATERIALIZED)) {
      innerOp = OP.start;
      innerExpect = EXPECT.nothing;
      this.expect = EXPECT.cteDone;
    } else if (expect === EXPECT.cteName) {
      // INSERT INTO t WITH (TABLOCK): not a common table expression after all.
      this.op = OP.insert;
      this.expect = EXPECT.nothing;
    }
    this.push(innerOp, innerExpect);
  }

  comma(): void {
    const expect = this.expect;
    if (expect === EXPECT.nothing) return;
    if (expect === EXPECT.fromList) this.expect = EXPECT.target;
    else if (expect === EXPECT.cteDone) this.expect = EXPECT.cteName;
    else if (expect === EXPECT.objectList) this.expect = EXPECT.objectName;
    else if (expect === EXPECT.first) this.expect = EXPECT.nothing;
  }

  semicolon(): void {
    this.finish();
    this.startStatement();
  }

  private startStatement(): void {
    this.op = OP.start;
    this.expect = EXPECT.nothing;
    this.fromSeen = false;
    this.depth = 0;
    this.nextStatement();
    this.command = 0;
    this.objectType = 0;
  }

  /** A literal, a bind marker or an operator. */
  other(): void {
    const expect = this.expect;
    if (expect <= EXPECT.fromList || this.op === OP.call) return;
    if (expect === EXPECT.first || expect === EXPECT.target || expect === EXPECT.deleteTarget) {
      this.expect = this.op === OP.select && this.fromSeen ? EXPECT.fromList : EXPECT.nothing;
    }
  }

  /** A string where a table may be named: `'t'` in a query, `"t"` in MySQL's ANSI mode; true when it was taken for a name. */
  quotedTarget(start: number, end: number): boolean {
    if (this.expect !== EXPECT.target || this.op === OP.call || end - start > 66) return false;
    const isQuery = this.op === OP.select;
    const quoted = this.source.slice(start, end);
    if ((!isQuery && quoted.startsWith("'")) || !QUOTED_NAME.test(quoted)) return false;
    this.target(start, end, true, isQuery ? EXPECT.fromList : EXPECT.nothing);
    return true;
  }

  private inSelect(kw: number, previous: number): void {
    if (CLAUSE[kw] === 1) {
      if (previous !== AS) this.expect = EXPECT.nothing;
    } else if (kw === FROM) {
      // IS DISTINCT FROM compares.
      if (this.fromSeen || previous === DISTINCT) return;
      this.fromSeen = true;
      this.expect = EXPECT.target;
    } else if (kw === K.JOIN || kw === K.STRAIGHT_JOIN) {
      if (this.fromSeen) this.expect = EXPECT.target;
    } else if (kw === K.APPLY) {
      if (previous === K.CROSS || previous === K.OUTER) this.expect = EXPECT.target;
    } else if (kw !== K.MINUS || previous !== AS) {
      this.op = OP.setOperation;
      this.expect = EXPECT.nothing;
    }
  }

  /** A word at a level that is no SELECT and waits for nothing in particular. */
  private elsewhere(kw: number, start: number, end: number, previous: number): void {
    switch (this.op) {
      case OP.start:
        this.begin(kw, start, end);
        return;
      case OP.insert:
        if (kw === SELECT || kw === WITH) this.begin(kw, start, end);
        // INSERT ALL, INSERT FIRST: each INTO names a table; the one after RETURNING names variables.
        else if (kw === INTO) this.expect = EXPECT.target;
        else if (kw === K.RETURNING) this.op = OP.none;
        return;
      case OP.ddl:
        if (kw === SELECT || (kw === WITH && previous === AS)) this.begin(kw, start, end);
        return;
      case OP.setOperation:
        if (kw === SELECT) this.begin(kw, start, end);
        else if (kw === VALUES) this.op = OP.none;
        return;
      case OP.explain:
        if (NESTED_STATEMENT[kw] === 1) this.begin(kw, start, end);
        return;
      case OP.begin:
        if (kw === TRANSACTION) this.append(start, end);
        else if (NESTED_STATEMENT[kw] === 1) this.begin(kw, start, end);
        return;
    }
  }

  /** A word at a level that waits for one. */
  private expected(kw: number, start: number, end: number): void {
    switch (this.expect) {
      case EXPECT.target:
        this.asTarget(kw, start, end);
        return;
      case EXPECT.first:
        this.expect = EXPECT.nothing;
        if (kw === SELECT || kw === WITH) this.begin(kw, start, end);
        return;
      case EXPECT.into:
        this.beforeInto(kw, start, end);
        return;
      case EXPECT.deleteTarget:
        if (kw === FROM) this.expect = EXPECT.target;
        else if (MODIFIER[kw] === 0) this.holdTarget(start, end);
        return;
      case EXPECT.deleteFrom:
        // DELETE o FROM orders o: the name was an alias, or names the table again.
        if (kw === FROM) this.expect = EXPECT.target;
        else if (CLAUSE[kw] === 1) this.heldTarget();
        return;
      case EXPECT.objectType:
        this.asObjectType(kw, start, end);
        return;
      case EXPECT.objectName:
        if (MODIFIER[kw] === 1) return;
        if (kw === ON) this.expect = EXPECT.nothing;
        else this.objectName(start, end);
        return;
      case EXPECT.cteName:
        if (kw === K.RECURSIVE) return;
        this.cte(start, end);
        this.expect = EXPECT.cteAs;
        return;
      case EXPECT.cteDone:
        if (NESTED_STATEMENT[kw] === 1) this.begin(kw, start, end);
        return;
      case EXPECT.lockTarget:
        if (kw === TABLE || kw === TABLES) this.append(start, end);
        else this.target(start, end, true);
        return;
    }
  }

  /** INTO may be left out in MySQL and SQL Server; what follows the name then tells that it was one. */
  private beforeInto(kw: number, start: number, end: number): void {
    if (kw === INTO) this.expect = EXPECT.target;
    else if (kw === SELECT || kw === VALUES || kw === K.SET || kw === K.DEFAULT) {
      this.withoutInto();
      if (kw === SELECT) this.begin(kw, start, end);
    } else if (kw === 0) {
      this.nameStart = start;
      // A second name in a row: not that grammar.
      this.nameEnd = this.nameEnd === 0 ? end : -1;
    }
  }

  /** The first word of a statement, or of a query inside one. */
  private begin(kw: number, start: number, end: number): void {
    if (this.isStatementEmpty) this.command = kw;
    this.fromSeen = false;
    this.expect = EXPECT.nothing;
    this.nameEnd = 0;
    if (kw === WITH) {
      this.op = OP.with;
      this.expect = EXPECT.cteName;
    } else if (kw === FROM) {
      // FROM first: DuckDB and Hibernate leave the SELECT out.
      this.appendText(this.source.charCodeAt(start) === 102 ? 'select' : 'SELECT');
      this.op = OP.select;
      this.fromSeen = true;
      this.expect = EXPECT.target;
      this.kinds |= KIND.read;
    } else {
      // VALUES inside is no operation, and END closes a block unless it stands alone.
      const isInner = (kw === VALUES && this.depth > 0) || (kw === END && this.text !== '');
      const statement = isInner ? 0 : (STATEMENT[kw] as number);
      this.op = statement & 0xff;
      this.expect = (statement >> 8) & 0xff;
      this.kinds |= statement >> 16;
      if (statement !== 0) this.append(start, end);
    }
  }

  private asTarget(kw: number, start: number, end: number): void {
    if (this.op === OP.call) {
      if (kw === K.NEXT || kw === K.VALUE || kw === K.FOR || kw === K.PROCEDURE) return;
      this.expect = EXPECT.nothing;
      if (kw !== K.IMMEDIATE) this.append(start, end);
    } else if (MODIFIER[kw] === 0) {
      if (this.op === OP.select) this.asTable(kw, start, end);
      // SQLite: UPDATE OR IGNORE t, INSERT OR REPLACE INTO t.
      else if (kw !== OR && kw !== REPLACE && kw !== K.ROLLBACK && kw !== K.ABORT)
        this.target(start, end, true);
    }
  }

  private asTable(kw: number, start: number, end: number): void {
    const isFirst = this.depth > 0 && this.fromSeen;
    if (isFirst && (kw === SELECT || kw === WITH)) this.begin(kw, start, end);
    else if (isFirst && kw === VALUES) {
      this.op = OP.none;
      this.expect = EXPECT.nothing;
    } else if (CLAUSE[kw] === 1) this.expect = EXPECT.nothing;
    else {
      this.target(start, end, true, EXPECT.fromList);
    }
  }

  private asObjectType(kw: number, start: number, end: number): void {
    if (DDL_MODIFIER[kw] === 1) return;
    if (this.command === K.TRUNCATE && kw !== TABLE) {
      if (MODIFIER[kw] === 0) this.objectName(start, end);
      return;
    }
    this.objectType = kw;
    this.append(start, end);
    if (this.text === `${this.operation} ${this.source.slice(start, end)}`) this.operation = this.text;
    this.expect = DDL_NAMED[kw] === 1 ? EXPECT.objectName : EXPECT.nothing;
  }

  private objectName(start: number, end: number): void {
    const isTruncate = this.command === K.TRUNCATE;
    const isTable = isTruncate || this.objectType === TABLE || this.objectType === K.VIEW;
    this.target(
      start,
      end,
      isTable,
      isTruncate || this.command === K.DROP ? EXPECT.objectList : EXPECT.nothing,
    );
  }
}
