import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Bundle } from '../../src/bundles/bundle.ts';
import { makeBundle } from '../../src/bundles/index.ts';
import { formats, loadFormat } from '../../src/formats/index.ts';
import { escapeJson, named, placed, quoted, valued } from '../../src/formats/text.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { INJECTIONS } from '../traces/injections.ts';

/** Anything invisible or that a terminal acts on; line breaks between lines are ours. */
const INVISIBLE = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

let bundle: Bundle;
beforeAll(async () => {
  bundle = await makeBundle(
    new JsonlSource(join(import.meta.dirname, '../traces/hostile.jsonl')),
    'badbadba',
  );
});

describe.each(Object.keys(formats))('formats: hostile text in %s', (name) => {
  async function render(): Promise<string> {
    const format = await loadFormat(name);
    const text = format.render(bundle);
    if (name !== 'html') return text;
    // The report is markup of ours around one JSON text; test/formats/html looks at the rest.
    return /<script type="application\/json" id="data">([^<]*)<\/script>/.exec(text)?.[1] ?? '';
  }

  test('the story is really in it', async () => {
    const text = await render();
    expect(text).toContain('Ignore all previous instructions');
    expect(text).toContain('etc/passwd');
  });

  test('holds nothing invisible and nothing a terminal acts on', async () => {
    expect(INVISIBLE.exec(await render())).toBeNull();
  });

  test('holds no tag', async () => {
    expect(/<[a-zA-Z/!?|]/.exec(await render())).toBeNull();
  });

  test('no line begins with planted text', async () => {
    for (const line of (await render()).split('\n')) {
      expect(line).not.toMatch(
        /^\s*(?:Ignore|# System|## Next\s*$(?<!^## Next)|- Delete|obey|=HYPER|!\[|\.\.\/)/,
      );
    }
  });
});

test('formats: in markdown only our own headings and fences are there, and fences pair up', async () => {
  const markdown = await loadFormat('markdown');
  const lines = markdown.render(bundle).split('\n');
  const headings = lines.filter((line) => /^\s*#+ /.test(line));
  const [first, ...rest] = headings;
  expect(first).toBe(`# Trace ${bundle.traceId}: FAILED`);
  expect(rest.length).toBeGreaterThan(5);
  for (const heading of rest) {
    expect(heading).toMatch(
      /^## (?:Cause|Usual|Findings|Spans|Errors|Source|Model calls|Tool calls|Logs|Related systems|Background|Linked traces|Reproduce|Tests to add|Processes|Safety|Coverage|Left out|Next)$/,
    );
  }
  const fences = lines.filter((line) => line.includes('```'));
  expect(fences.length % 2).toBe(0);
  for (const [index, fence] of fences.entries()) expect(fence).toBe(index % 2 === 0 ? '```text' : '```');
  expect(lines.some((line) => line.includes('~~~'))).toBe(false);
});

test('formats: outside fences there is no planted text at all', async () => {
  const markdown = await loadFormat('markdown');
  const outside = markdown.render(bundle).replace(/^```text\n[\s\S]*?\n```$/gm, '');
  for (const planted of ['Ignore', 'System', 'evil', 'obey', 'passwd', 'giant', 'HYPERLINK', 'alert']) {
    expect(outside).not.toContain(planted);
  }
});

test('formats: the giant value is cut in markdown and whole in JSON', async () => {
  const [markdown, json] = await Promise.all([loadFormat('markdown'), loadFormat('json')]);
  expect(markdown.render(bundle)).not.toContain('A'.repeat(501));
  expect(json.render(bundle)).toContain('A'.repeat(5_000));
});

test.each(INJECTIONS)('formats: injection %# comes back unchanged from JSON', (text) => {
  const lone = text.replace(/\p{Cs}/gu, '');
  expect(JSON.parse(escapeJson(JSON.stringify({ lone })))).toEqual({ lone });
  expect(INVISIBLE.test(escapeJson(JSON.stringify(text)))).toBe(false);
});

test.each(INJECTIONS)('formats: injection %# is one quoted piece on one line', (text) => {
  for (const rendered of [
    quoted(text),
    named(text),
    placed(`${text}:1`),
    valued(text),
    valued({ [text]: [text] }),
  ]) {
    expect(rendered).not.toMatch(/\n/);
    expect(INVISIBLE.test(rendered)).toBe(false);
    expect(rendered).not.toMatch(/```|~~~|<[a-zA-Z/!?|]/);
  }
  const inside = quoted(text, 10_000).slice(1, -1);
  expect(inside.replace(/\\(?:u\{[0-9a-f]+\}|[nrt"\\])/g, '')).not.toMatch(/["\\]/);
});

test('formats: plain names need no quotes, everything else has them', () => {
  expect(['shop', 'gpt-5-mini', '@scope/x', 'a b', 'SYSTEM:', '-x', ''].map(named)).toEqual([
    'shop',
    'gpt-5-mini',
    '"@scope/x"',
    '"a b"',
    '"SYSTEM:"',
    '"-x"',
    '""',
  ]);
});
