import { expect, test } from 'vitest';
import { enclosingLines } from '../../src/bundles/enclosing-lines.ts';

/** A file long enough not to be shown whole, with `block` from line 61 on. */
function file(block: readonly string[]): string[] {
  const filler = Array.from({ length: 60 }, (_, index) => `const x${index} = ${index};`);
  return [...filler, ...block, ...filler];
}

const HANDLER = [
  'async function withClient(work) {',
  '  const client = await db.connect();',
  '',
  '  try {',
  '    const rows = await work(client);',
  '    if (rows.length > 0) {',
  '      return rows[0];',
  '    }',
  '  } catch (error) {',
  '    log.warn(error);',
  '    throw error;',
  '  }',
  '  client.release();',
  '}',
];

test('source: a short function is shown whole, whatever line of it is meant', () => {
  for (let at = 1; at < HANDLER.length; at += 1) {
    const { first, last } = enclosingLines(file(HANDLER), 60 + at);
    expect([first <= 61, last >= 74, last - first < 30], `line ${at}`).toEqual([true, true, true]);
  }
});

test('source: of a long class the method is shown, of a long method the lines around', () => {
  const method = (size: number): string[] => [
    '  send() {',
    ...Array.from({ length: size }, (_, index) => `    step(${index});`),
    '  }',
  ];
  const long = file(['class Mail {', ...method(20), ...method(200), '}']);
  expect(enclosingLines(long, 70)).toEqual({ first: 62, last: 83 });
  expect(enclosingLines(long, 150)).toEqual({ first: 145, last: 155 });
});

test('source: a short file is shown whole, and languages without brackets by their indentation', () => {
  expect(enclosingLines(['a', 'b', 'c'], 2)).toEqual({ first: 1, last: 3 });
  const python = file(['def send(to):', '    if to:', '        mail(to)', '    return 1']);
  const { first, last } = enclosingLines(python, 63);
  expect([first, last]).toEqual([58, 68]);
  expect(
    enclosingLines(
      Array.from({ length: 50 }, () => ''),
      25,
    ),
  ).toEqual({ first: 20, last: 30 });
});
