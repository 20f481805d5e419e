import { inspect } from 'node:util';
import { expect } from 'vitest';
import { makeBundle } from '../../src/bundles/index.ts';
import type { LogRecord, Span } from '../../src/core/span.ts';
import type { Trace } from '../../src/core/trace.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import type { TraceSource, Window } from '../../src/sources/source.ts';
import { AGGREGATE_QUERIES, TRACE_QUERIES } from './queries.ts';

export function plain({ traceId, spans, logs, roots, missingParents }: Trace): object {
  return { traceId, spans, logs, roots: roots.map((root) => root.spanId), missingParents };
}

/** Every trace of `spans` comes out of `source` field by field, and (the first 20) as the same bundle except where it is from. */
export async function expectTracesAlike(
  source: TraceSource,
  spans: readonly Span[],
  logs: readonly LogRecord[] = [],
): Promise<void> {
  const reference = new MemorySource(spans, logs);
  const all = reference.capabilities();
  // A source that cannot search by links says so in its bundles.
  const { canFindLinks = false } = source.capabilities();
  reference.capabilities = () => ({ ...all, canFindLinks });
  let bundleCount = 0;
  for (const id of new Set(spans.map((span) => span.traceId))) {
    const [answer, expected] = [await source.trace(id), await reference.trace(id)];
    expect(plain(answer.trace), id).toEqual(plain(expected.trace));
    expect(answer.coverage.spanCount).toBe(spans.filter((span) => span.traceId === id).length);
    // A bundle asks for the day before as well, which is the same code for every trace.
    if (++bundleCount > 20) continue;
    const [bundle, same] = [await makeBundle(source, id), await makeBundle(reference, id)];
    expect(bundle.provenance.source).toBe(source.name);
    const { coverage: _a, provenance: _b, trace: _c, ...own } = bundle;
    const { coverage: _d, provenance: _e, trace: _f, ...wanted } = same;
    expect(own, id).toEqual(wanted);
  }
}

/** Every search finds the same as the reference, in the same order, in pages as well. */
export async function expectSearchesAlike(
  source: TraceSource,
  spans: readonly Span[],
  logs: readonly LogRecord[] = [],
): Promise<void> {
  const reference = new MemorySource(spans, logs);
  for (const query of TRACE_QUERIES) {
    const { coverage: _a, traceCount: _b, isCut, ...answer } = await source.search(query);
    const { coverage: _c, traceCount: _d, isCut: _e, ...expected } = await reference.search(query);
    expect(answer, inspect(query)).toEqual(expected);
    expect(isCut, inspect(query)).toBe(false);
  }
}

/** Every aggregate is the same and says whether it rests on a sample. */
export async function expectAggregatesAlike(
  source: TraceSource,
  spans: readonly Span[],
  accuracy: 'sampled' | 'exact' = 'sampled',
): Promise<void> {
  const reference = new MemorySource(spans);
  for (const query of AGGREGATE_QUERIES) {
    const answer = await source.aggregate(query);
    const expected = await reference.aggregate(query);
    expect(
      answer.rows.map((row) => row.group),
      inspect(query),
    ).toEqual(expected.rows.map((row) => row.group));
    for (const [index, row] of answer.rows.entries()) {
      const wanted = expected.rows[index]?.values ?? [];
      for (const [at, value] of row.values.entries()) {
        const other = wanted[at] ?? null;
        if (value === null || other === null) expect(value, inspect(query)).toBe(other);
        else expect(Math.abs(value - other)).toBeLessThanOrEqual(Math.abs(other) * 1e-9);
      }
    }
    expect(answer.accuracy).toBe(accuracy);
    expect(typeof answer.coverage.sampledTraceCount).toBe(accuracy === 'sampled' ? 'number' : 'undefined');
  }
}

/** All that a source reads, in an order of its own. */
export async function everything(source: TraceSource, window: Window): Promise<string[]> {
  const found: string[] = [];
  await source.read?.(window, (records) => {
    for (const each of [...records.spans, ...records.logs])
      found.push(inspect(each, { depth: 9, sorted: true }));
  });
  return found.sort();
}
