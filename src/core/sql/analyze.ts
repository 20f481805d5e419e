import type { Dialect } from './dialect.ts';
import { Lexer } from './lexer.ts';
import type { SqlFacts, StatementKind } from './sql-facts.ts';

const lexer = new Lexer();

/** Reads one statement, without a memo. Never throws: text it fails on is masked whole. */
export function analyze(text: string, dialect: Dialect): SqlFacts {
  try {
    const sanitised = lexer.run(text, dialect);
    const { summary, operation, collections, kind } = lexer.summary.result();
    return {
      text: sanitised,
      summary,
      signature: lexer.signature.hex(),
      operation,
      collections,
      kind: kindOf(kind, summary, collections),
      parameterized: lexer.parameterized,
      paged: lexer.paged,
    };
  } catch {
    return FAILED;
  }
}

const FAILED: SqlFacts = {
  text: '?',
  summary: '',
  signature: '0000000000000000',
  operation: '',
  collections: [],
  kind: 'other',
  parameterized: false,
  paged: false,
};

/** `SELECT 1`, `SELECT now()`: a query that reads nothing and is told nothing asks about the session. */
function kindOf(kind: StatementKind, summary: string, collections: readonly string[]): StatementKind {
  if (kind !== 'read' || summary.length !== 6 || collections.length > 0) return kind;
  return lexer.parameterized || lexer.hasString ? kind : 'session';
}
