import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/core/redaction/index.ts';
import { ALL_RULES } from '../../../src/core/redaction/rules/index.ts';
import { piecesLeft } from './pieces.ts';

/** Where the text of a secret may stand in telemetry. */
const CONTEXTS: Readonly<Record<string, (text: string) => string>> = {
  'a JSON field': (text) => JSON.stringify({ level: 'info', note: text, count: 3 }),
  'JSON in a JSON string': (text) => JSON.stringify({ body: JSON.stringify({ note: text }) }),
  'JSON escaped twice, cut off': (text) =>
    `{"a":${JSON.stringify(JSON.stringify(JSON.stringify({ note: text })))}`,
  'a list': (text) => JSON.stringify(['first', text, 'last']),
  'a query': (text) => `https://shop.internal/a?x=1&note=${encodeURIComponent(text)}&y=2`,
  'a query encoded twice': (text) =>
    `GET /a?next=${encodeURIComponent(`/b?note=${encodeURIComponent(text)}`)}`,
  'a form': (text) => `x=1&note%5Btext%5D=${encodeURIComponent(text).replaceAll('%20', '+')}&y=2`,
  'a header': (text) => `GET / HTTP/1.1\r\nHost: shop.internal\r\nX-Note: ${text}\r\nAccept: */*`,
  'a literal of SQL': (text) => `INSERT INTO notes (id, note) VALUES (1, '${text.replaceAll("'", "''")}')`,
  'a comment of SQL': (text) => `SELECT 1 -- ${text}`,
  'a stack': (text) =>
    `Error: cannot use ${text}\n    at send (/app/src/mail.ts:12:5)\n    at async run (/app/src/main.ts:3:1)`,
  'a line of an environment': (text) => `HOME=/root\nNOTE="${text}"\nPATH=/bin`,
  'a bare line of an environment': (text) => `HOME=/root\nNOTE=${text}\nPATH=/bin`,
  YAML: (text) => `app:\n  name: shop\n  note: ${text}\n  port: 80\n`,
  'YAML in quotes': (text) => `app:\n  note: '${text}'\n`,
  XML: (text) => `<note id="1">${text}</note>`,
  'an attribute of XML': (text) => `<note text="${text}"/>`,
  'a command': (text) => `run --verbose --note '${text}' --dry`,
  Markdown: (text) => `Use \`${text}\` here.`,
  'a line of a log': (text) => `2026-01-02T03:04:05.678Z [info] shop: ${text} (12 ms)`,
  base64: (text) => Buffer.from(`a note: ${text} `).toString('base64'),
  base64url: (text) => `data=${Buffer.from(JSON.stringify({ note: text })).toString('base64url')}`,
  'base64 in JSON': (text) => JSON.stringify({ body: Buffer.from(text.padEnd(24)).toString('base64') }),
  'UTF-16 in base64': (text) => Buffer.from(`a note: ${text} `, 'utf16le').toString('base64'),
  'escapes of JavaScript': (text) => `note = "${text.replaceAll('"', '\\"').replaceAll('\n', '\\n')}";`,
  'escapes by number': (text) =>
    [...text].map((char) => (/[\w-]/.test(char) ? char : `\\u${hex(char, 4)}`)).join(''),
};

function hex(char: string, length: number): string {
  return char.charCodeAt(0).toString(16).padStart(length, '0');
}

const redactor = createRedactor({ enable: ['email', 'phone', 'ip-address'] });

test.each(Object.entries(CONTEXTS))('redaction: in %s every rule masks its examples', (name, put) => {
  const left: string[] = [];
  for (const rule of ALL_RULES) {
    for (const { text, secret } of rule.examples()) {
      const masked = redactor.text(put(text));
      const pieces = piecesLeft(masked, secret);
      if (pieces.length > 0) left.push(`${rule.id} in ${name}: ${masked.slice(0, 200)}`);
    }
  }
  expect(left).toEqual([]);
});

test('redaction: what was valid JSON is valid JSON afterwards, whatever rule found something in it', () => {
  for (const rule of ALL_RULES) {
    for (const { text } of rule.examples()) {
      for (const value of [{ note: text }, [text], { body: JSON.stringify({ note: [text] }) }]) {
        const masked = redactor.text(JSON.stringify(value));
        expect(() => JSON.parse(masked), `${rule.id}: ${masked}`).not.toThrow();
      }
    }
  }
});
