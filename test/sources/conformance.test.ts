import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import type { Trace } from '../../src/core/trace.ts';
import { openSource } from '../../src/sources/index.ts';
import { JsonlSource } from '../../src/sources/jsonl.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import type { TraceSource } from '../../src/sources/source.ts';

const FIXTURE = join(import.meta.dirname, '../recordings/fixture.otlp.jsonl');
const N_PLUS_ONE = '948fa8de1f33f0601aecb1973e1c20bb';

function reference(): MemorySource {
  const lines = readFileSync(FIXTURE, 'utf8')
    .trim()
    .split('\n')
    .map((line) => decodeLine(line));
  return new MemorySource(
    lines.flatMap((line) => line.spans),
    lines.flatMap((line) => line.logs),
  );
}

const sources: Record<string, () => TraceSource> = {
  memory: reference,
  'jsonl, a file': () => new JsonlSource(FIXTURE),
  'jsonl, a folder': () => new JsonlSource(join(FIXTURE, '..')),
};

function plain({ traceId, spans, logs, roots, missingParents }: Trace): object {
  return { traceId, spans, logs, roots: roots.map((root) => root.spanId), missingParents };
}

describe.each(Object.entries(sources))('sources: %s', (_, open) => {
  test('answers every trace as the reference does', async () => {
    const { traces } = await reference().search({ limit: 100 });
    expect(traces).toHaveLength(3);
    for (const { traceId } of traces) {
      const [answer, expected] = await Promise.all([open().trace(traceId), reference().trace(traceId)]);
      expect(plain(answer.trace)).toEqual(plain(expected.trace));
      expect(answer.coverage.spanCount).toBe(answer.trace.spans.length);
    }
  });

  test.each([{}, { errorsOnly: true }, { limit: 1 }, { sinceUnixNano: 1_795_244_639_000_000_000n }])(
    'searches %o as the reference does',
    async (query) => {
      const { coverage: _ignored, ...answer } = await open().search(query);
      const { coverage: _also, ...expected } = await reference().search(query);
      expect(answer).toEqual(expected);
    },
  );

  test('takes a prefix in any case', async () => {
    const { trace } = await open().trace(N_PLUS_ONE.slice(0, 8).toUpperCase());
    expect(trace.traceId).toBe(N_PLUS_ONE);
  });

  test('refuses what is no id, without repeating it', async () => {
    for (const id of ['', 'abc', '../../etc/passwd', `${N_PLUS_ONE}0`, 'g'.repeat(32), '\u001b[2Jaaaaaaaa']) {
      const failure = await open()
        .trace(id)
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'USAGE' });
      if (id.length > 3) expect((failure as Error).message).not.toContain(id);
    }
  });

  test('names the newest traces when an id is unknown', async () => {
    await expect(open().trace('f'.repeat(32))).rejects.toMatchObject({
      code: 'TRACE_NOT_FOUND',
      message: expect.stringContaining(N_PLUS_ONE),
    });
  });

  test('may be closed twice', async () => {
    const source = open();
    await source.close();
    await source.close();
  });
});

test('sources: an ambiguous prefix lists the candidates', async () => {
  const { trace } = await reference().trace(N_PLUS_ONE);
  const [span] = trace.spans;
  const twinId = `${N_PLUS_ONE.slice(0, 8)}${'0'.repeat(23)}1`;
  const source = new MemorySource(span === undefined ? [] : [span, { ...span, traceId: twinId }]);
  await expect(source.trace(N_PLUS_ONE.slice(0, 8))).rejects.toMatchObject({
    code: 'TRACE_AMBIGUOUS',
    message: expect.stringMatching(new RegExp(`${twinId}[\\s\\S]*${N_PLUS_ONE}`)),
  });
});

test('sources: openSource takes a path or a protocol and refuses others', async () => {
  expect((await openSource(FIXTURE)).name).toBe(`jsonl:${FIXTURE}`);
  expect((await openSource(`jsonl:${FIXTURE}`)).name).toBe(`jsonl:${FIXTURE}`);
  expect((await openSource('memory:')).name).toBe('memory:');
  for (const spec of ['gopher:x', 'constructor:x', '__proto__:x']) {
    const opened = openSource(spec);
    if (spec.startsWith('_')) expect((await opened).name).toBe(`jsonl:${spec}`);
    else await expect(opened).rejects.toMatchObject({ code: 'USAGE' });
  }
});

test('sources: a missing place is an error that says how to make one', async () => {
  const source = await openSource('/nowhere/at/all');
  await expect(source.search({})).rejects.toMatchObject({
    code: 'STORE_MISSING',
    message: expect.stringContaining('--import @agentlog/otel/register'),
  });
});
