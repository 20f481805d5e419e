import { expect, test } from 'vitest';
import { TraceBuilder } from './n-plus-one/trace-builder.ts';

const names = (spans: readonly { readonly spanId: string }[]): string[] => spans.map(({ spanId }) => spanId);

test('trace: of siblings that begin in one millisecond the one that ended first comes first', () => {
  const trace = new TraceBuilder()
    .span('root', { from: 0, to: 20 })
    .span('query', { parent: 'root', from: 1, to: 9 })
    .span('connect', { parent: 'root', from: 1, to: 1.2 })
    .span('later', { parent: 'root', from: 2, to: 2.1 })
    .build();
  expect(names(trace.childrenOf(trace.roots[0] as never))).toEqual(['connect', 'query', 'later']);
  expect(names(trace.spans)).toEqual(['root', 'connect', 'query', 'later']);
});

test('trace: parents come before their children though these ended first, and a whole root before an orphan', () => {
  const trace = new TraceBuilder()
    .span('leaf', { parent: 'middle', from: 0, to: 1 })
    .span('orphan', { parent: 'elsewhere', from: 0, to: 1 })
    .span('middle', { parent: 'root', from: 0, to: 2 })
    .span('root', { from: 0, to: 3 })
    .build();
  expect(names(trace.spans)).toEqual(['root', 'orphan', 'middle', 'leaf']);
  expect(names(trace.roots)).toEqual(['root', 'orphan']);
  expect([...trace.missingParents]).toEqual(['elsewhere']);
});

test('trace: the order is the same in whatever order spans arrive, also of twins and of a circle of parents', () => {
  const spans = [
    ['root', undefined],
    ['twin a', 'root'],
    ['twin b', 'root'],
    ['circle a', 'circle b'],
    ['circle b', 'circle a'],
    ['own parent', 'own parent'],
  ] as const;
  const built = [spans, spans.toReversed()].map((given) => {
    const builder = new TraceBuilder();
    for (const [id, parent] of given)
      builder.span(id, { from: 0, to: 1, ...(parent !== undefined && { parent }) });
    return names(builder.build().spans);
  });
  expect(built[0]).toHaveLength(6);
  expect(built[1]).toEqual(built[0]);
});
