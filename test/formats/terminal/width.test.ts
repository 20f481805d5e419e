import { expect, test } from 'vitest';
import { csvLine } from '../../../src/formats/csv.ts';
import { renderTable } from '../../../src/formats/terminal/table.ts';
import { cutToWidth, displayWidth } from '../../../src/formats/terminal/width.ts';

test.each([
  ['abc', 3],
  ['', 0],
  ['注文', 4],
  ['ｶﾅ', 2],
  ['한글', 4],
  ['Ａ', 2],
  ['e\u0301', 1],
  ['🎉', 2],
  ['👩‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['👍🏽', 2],
  ['→ é ß', 5],
])('width: %j takes %i columns', (text, columns) => expect(displayWidth(text)).toBe(columns));

test.each(['GET /orders/of/someone', '注文を一覧する', '🎉🎉🎉🎉🎉🎉', 'e\u0301'.repeat(30)])(
  'width: %j is cut to what fits, never through a character',
  (text) => {
    for (let columns = 1; columns < 40; columns += 1) {
      const cut = cutToWidth(text, columns);
      expect(displayWidth(cut)).toBeLessThanOrEqual(columns);
      expect(text.startsWith(cut.replace(/…$/, ''))).toBe(true);
      expect(cut.endsWith('…')).toBe(displayWidth(text) > columns);
    }
    expect(cutToWidth(text, undefined)).toBe(text);
  },
);

test('table: columns stand below each other whatever is in them', () => {
  const columns = [{ title: 'NAME' }, { title: 'COUNT', isNumber: true }, { title: 'LAST' }];
  const rows = [
    ['注文', '1', 'x'],
    ['plain', '2000', 'x'],
    ['🎉', '30', 'x'],
  ].map((cells) => ({ cells }));
  const lines = renderTable(columns, rows, { columns: undefined, hasColors: false }).trimEnd().split('\n');
  expect(new Set(lines.slice(1).map(displayWidth)).size).toBe(1);
  expect(lines[0]?.startsWith('NAME   COUNT  LAST')).toBe(true);
});

test('csv: what a spreadsheet would run has a quote before it', () => {
  const cells = ['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', '\n=1', ' =1', '＝1', '"=1"', 'a=1', 'a-b'];
  expect(cells.map((cell) => csvLine([cell]).trimEnd())).toEqual([
    "'=1+1",
    "'+1",
    "'-1",
    "'@x",
    "'\\t=1",
    "'\\r=1",
    "'\\n=1",
    "' =1",
    "'＝1",
    '"""=1"""',
    'a=1',
    'a-b',
  ]);
});

test('csv: numbers stay numbers, text stays on its line and in its cell', () => {
  expect(csvLine([-1.5, true, undefined, 'a,b', 'a"b', 'a\nb', '\u001b[31m', '\u202e'])).toBe(
    '-1.5,true,,"a,b","a""b",a\\nb,\\u{1b}[31m,\\u{202e}\n',
  );
});
