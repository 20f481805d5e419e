import { expect, test } from 'vitest';
import { analyze } from '../../../src/core/sql/analyze.ts';
import { dialectOf } from '../../../src/core/sql/dialect.ts';
import { analyzeSql } from '../../../src/core/sql/index.ts';
import { Generator } from './generate.ts';

/** How often a character may be looked at. */
const MAX_STEPS = 40;
const SYSTEMS = [undefined, 'postgresql', 'mysql', 'sqlite', 'microsoft.sql_server', 'oracle.db'];

test('sanitising: no value of four characters or more survives, in the text or the summary', () => {
  for (let seed = 1; seed <= 1500; seed++) {
    const random = new Generator(seed);
    const sql = random.statement();
    for (const system of [undefined, 'postgresql']) {
      const facts = analyzeSql(sql, system);
      for (const value of random.values) {
        expect(
          facts.text.includes(value) || facts.summary.includes(value),
          `${value}\n${sql}\n${facts.text}`,
        ).toBe(false);
      }
    }
  }
});

test('sanitising: a cut-off statement leaks nothing either', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = new Generator(seed);
    const sql = random.statement();
    for (let cut = 0; cut < 5; cut++) {
      const { text } = analyzeSql(sql.slice(0, random.below(sql.length)), 'postgresql');
      for (const value of random.values) expect(text.includes(value), `${value}\n${text}`).toBe(false);
    }
  }
});

test('sanitising: a second time changes nothing', () => {
  for (let seed = 1; seed <= 1500; seed++) {
    const sql = new Generator(seed).statement();
    for (const system of SYSTEMS) {
      const once = analyzeSql(sql, system);
      const twice = analyzeSql(once.text, system);
      expect(twice.text).toBe(once.text);
      expect(twice.signature, once.text).toBe(once.signature);
      // A table in MySQL's ANSI quotes is named in the summary and masked in the text.
      if (system === 'mysql' && sql.includes('"')) continue;
      expect(twice.summary, once.text).toBe(once.summary);
    }
  }
});

test('analyzeSql: any text has an answer', () => {
  const random = new Generator(7);
  const alphabet = [
    ...'\'"`[]()$;,.:@#?%-+/*\\ \n\0ab1eENq\u00e9\ud83d\ude00',
    '--',
    '/*',
    '*/',
    '$$',
    'SELECT ',
    'FROM ',
  ];
  for (let i = 0; i < 3000; i++) {
    const text = Array.from({ length: random.below(60) }, () => random.pick(alphabet)).join('');
    for (const system of SYSTEMS) {
      const facts = analyzeSql(text, system);
      expect(facts.signature).toMatch(/^[0-9a-f]{16}$/);
      expect(analyzeSql(facts.text, system).text, JSON.stringify([text, system])).toBe(facts.text);
    }
  }
});

test('analyzeSql: random characters have an answer, lone surrogates and control characters too', () => {
  const random = new Generator(11);
  for (const limit of [0x80, 0x100, 0x10000]) {
    for (let i = 0; i < 500; i++) {
      const codes = Array.from({ length: random.below(300) }, () => random.below(limit));
      const text = String.fromCharCode(...codes);
      for (const system of SYSTEMS) {
        const facts = analyzeSql(text, system);
        // Text that broke the lexer would be masked whole.
        expect(facts.signature).not.toBe('0000000000000000');
        expect(facts.summary.length).toBeLessThanOrEqual(255);
      }
    }
  }
});

/** How each database spells a value; `v` stands for it. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  postgresql: ["'v'", "E'it\\'s v'", "U&'v'", '$$v$$', "$t$it's v$t$", "B'v'", "'it''s v'", "'a\\' || 'v'"],
  mysql: ["'v'", '"v"', "'it\\'s v'", '"it\\"s v"', "_utf8'v'", "N'v'", "'a' 'v'", '"it\'s v"'],
  sqlite: ["'v'", "x'v'", "'it''s v'", "'a' || 'v'"],
  'microsoft.sql_server': ["'v'", "N'v'", "N'it''s v'", "'a' + N'v'"],
  'oracle.db': ["'v'", "q'[it's v]'", "Q'{v}'", "nq'!it's v!'", "N'v'", "q'<v>'", "DATE 'v'"],
  cassandra: ["'v'", '$$v$$', "{'v': 1}", "['v']", "'it''s v'"],
  clickhouse: ["'v'", "'it\\'s v'", "['v', 'b']", "{'v': 1}"],
  snowflake: ["'v'", "$$it's v$$", "'it\\'s v'", "PARSE_JSON('v')"],
  bigquery: ["'v'", '"v"', "r'v'", '"""it\'s v"""', "b'v'", "'''it's v'''", 'rb"v"'],
  spanner: ["'v'", '"v"', "r'v'", 'b"v"'],
  hive: ["'v'", '"v"', "'it\\'s v'"],
  trino: ["'v'", "U&'v'", "X'v'", "JSON 'v'"],
  h2: ["'v'", '$$v$$', "'it''s v'"],
  other_sql: [
    ...["'v'", '"v"', "N'v'", '$$v$$', "q'[v]'", "'it''s v'", "'it\\'s v'", "{'v': 1}", "['v']", "_utf8'v'"],
    ...['"""it\'s v"""', "'''it's v'''", "r'v'", "E'it\\'s v'", "x'v'", "U&'v'"],
  ],
};
const PLACES = [
  (value: string) => `SELECT a FROM t WHERE b = ${value} AND c = 1`,
  (value: string) => `SELECT ${value}, a FROM t`,
  (value: string) => `INSERT INTO t (a, b) VALUES (1, ${value}), (${value}, 2)`,
  (value: string) => `UPDATE t SET a = ${value} WHERE b IN (${value}, ${value})`,
  (value: string) => `DELETE FROM t WHERE a LIKE ${value} OR b > ${value}`,
  (value: string) => `CALL p(${value}); SELECT f(${value})`,
  (value: string) => `MERGE INTO t USING (SELECT ${value} AS a) s ON t.a = s.a WHEN MATCHED THEN DELETE`,
];

test.each(Object.entries(SPELLINGS))('sanitising: no value survives as %s spells it', (system, spellings) => {
  const value = 'the_value_itself';
  for (const spelling of spellings) {
    for (const place of PLACES) {
      const sql = place(spelling.replace('v', () => value));
      const { text, summary } = analyzeSql(sql, system);
      expect(`${text} ${summary}`, sql).not.toContain(value);
      // Cut off anywhere behind it, as instrumentations and limits do.
      for (let end = sql.indexOf(value) + value.length; end < sql.length; end += 3) {
        expect(analyzeSql(sql.slice(0, end), system).text, sql.slice(0, end)).not.toContain(value);
      }
    }
  }
});

/** A text that counts how many of its characters are looked at. */
class Counted extends String {
  steps = 0;

  override charCodeAt(i: number): number {
    this.steps++;
    return super.charCodeAt(i);
  }

  override indexOf(what: string, from = 0): number {
    const at = super.indexOf(what, from);
    this.steps += (at < 0 ? this.length : at) - from + 1;
    return at;
  }

  override lastIndexOf(what: string): number {
    const at = super.lastIndexOf(what);
    this.steps += this.length - at;
    return at;
  }

  override slice(start: number, end: number = this.length): string {
    this.steps += end - start;
    return super.slice(start, end);
  }
}

// biome-ignore format: one list of patterns
const HOSTILE = [
  "'", '"', '`', '[', '[]]', '(', '/*', '/* *', '--', '$a', '$a$ ', "q'[", '%(', '"a".', "\\'", '1e', ':', '@', '#',
  'a.', 'SELECT (', 'WITH a AS (', 'PASSWORD ', 'CONNECT PASSWORD ', 'FROM a,', "x' \\' ", 'IN (1,', ';', '- ',
  'DELETE a ', 'INSERT ALL INTO a ', "CREATE USER a IDENTIFIED BY 'x' ", '$$a$', "E'\\", '/*!', '"a" ', "'''' ", "'''a'", '""" ',
];

test('analyzeSql: looks at each character of a megabyte a few times, whatever stands there', () => {
  for (const pattern of HOSTILE) {
    const text = pattern.repeat(1_000_000 / pattern.length);
    for (const system of SYSTEMS) {
      // One database takes all of it; the others as much as tells a line from a curve.
      const counted = new Counted(system === undefined ? text : text.slice(0, 50_000));
      analyze(counted as unknown as string, dialectOf(system));
      expect(counted.steps / counted.length, `${pattern} ${system}`).toBeLessThan(MAX_STEPS);
    }
  }
});
