import { isUsualKnown } from '../../bundles/baseline.ts';
import type { Bundle } from '../../bundles/bundle.ts';
import { counted, milliseconds, percent, rounded } from '../numbers.ts';
import { spanIndexes } from './finding-items.ts';
import type { Item } from './page-data.ts';

const LABELS = {
  frame: 'In the stack',
  'call site': 'Called from',
  text: 'Its text stands here',
  called: 'It calls',
} as const;

/** Lines of source with the named one standing out. */
export function excerptItems(bundle: Bundle): Item[] {
  return bundle.excerpts.map(({ file, line, alsoLines, firstLine, lines, why, spanIds, isGuessed }) => ({
    label: LABELS[why],
    spans: spanIndexes(bundle, spanIds).slice(0, 12),
    facts: [['file', `${file}:${line}${isGuessed ? ' (the file here whose path ends alike)' : ''}`]],
    code: {
      lines: lines.map((text, index) => `${String(firstLine + index).padStart(4)}  ${text}`),
      marked: [line, ...alsoLines].map((each) => each - firstLine),
    },
  }));
}

/** How the route behaves on other days. */
export function baselineItems({ baseline }: Bundle): Item[] {
  if (baseline === undefined) return [];
  const queries = baseline.queriesPerRequest;
  return [
    {
      text: `${counted(baseline.requestCount, 'request')} of this route in the day before${baseline.isSample ? ', a sample' : ''}.`,
      facts: [
        ['route', baseline.route],
        ['this request', milliseconds(baseline.thisMs)],
        ['p50', milliseconds(baseline.p50Ms)],
        ['p95', milliseconds(baseline.p95Ms)],
        ['failed', percent(baseline.errorRate)],
        ...(baseline.concurrentCount
          ? [['at the same time', counted(baseline.concurrentCount, 'other')] as const]
          : []),
        ...(queries === undefined
          ? []
          : [['queries', `${rounded(queries)} each, ${baseline.thisQueryCount ?? '?'} here`] as const]),
      ],
    },
  ];
}

/** Whether the errors are new; among a few requests everything is. */
export function occurrenceItems({ occurrences, baseline }: Bundle): Item[] {
  const told = occurrences.filter(({ traceCount }) => traceCount > 0 || isUsualKnown(baseline));
  return told.map(({ fingerprint, traceCount, firstMinute, lastMinute }) => ({
    text:
      traceCount === 0
        ? 'This error was not seen before.'
        : `This error was in ${counted(traceCount, 'earlier trace')}.`,
    facts: [
      ['fingerprint', fingerprint],
      ...(firstMinute === undefined ? [] : [['first', firstMinute] as const]),
      ...(lastMinute === undefined ? [] : [['last', lastMinute] as const]),
    ],
  }));
}

/** What ran with it or shortly before. */
export function besideItems({ beside }: Bundle): Item[] {
  return beside.map(
    ({ rootName, httpStatusCode, errorType, count, isAtSameTime, traceId, durationMs, earlierMs }) => ({
      text: isAtSameTime ? 'At the same time.' : `${milliseconds(earlierMs)} before.`,
      facts: [
        ['name', rootName],
        ['trace', traceId],
        ['took', milliseconds(durationMs)],
        ...(httpStatusCode === undefined ? [] : [['status', String(httpStatusCode)] as const]),
        ...(errorType === undefined ? [] : [['error', errorType] as const]),
        ...(count === 1 ? [] : [['alike', String(count)] as const]),
      ],
    }),
  );
}

/** Where this trace differs from one that went as usual. */
export function typicalItems(bundle: Bundle): Item[] {
  const { typical } = bundle;
  if (typical === undefined) return [];
  const differences = typical.differences.map(({ name, count, totalMs, typicalCount, typicalMs }) => [
    name,
    `${count} in ${milliseconds(totalMs)} here, ${typicalCount} in ${milliseconds(typicalMs)} there`,
  ]) as [string, string][];
  const size = `${milliseconds(typical.durationMs)}, ${counted(typical.spanCount, 'span')}`;
  return [{ facts: [['trace', typical.traceId], ['took', size], ...differences] }];
}

/** What the trace touched outside its code, by kind. */
export function systemItems(bundle: Bundle): Item[] {
  const kinds = new Map<string, Item[]>();
  for (const system of bundle.relatedSystems) {
    const { kind, name, callCount, errorCount, totalMs, slowestMs } = system;
    const item: Item = {
      label: kinds.has(kind) ? '' : kind,
      ...(errorCount > 0 && { tone: 'note' }),
      spans: spanIndexes(bundle, [system.failedSpanId ?? system.slowestSpanId]),
      facts: [
        ['name', name],
        ['calls', `${callCount} in ${milliseconds(totalMs)}, slowest ${milliseconds(slowestMs)}`],
        ...(errorCount > 0 ? [['failed', String(errorCount)] as const] : []),
        ...(system.answeredBy === undefined ? [] : [['answered by', system.answeredBy] as const]),
      ],
    };
    kinds.set(kind, [...(kinds.get(kind) ?? []), item]);
  }
  return [...kinds.values()].flat();
}

/** The request as a command. */
export function reproductionItems({ reproduction }: Bundle): Item[] {
  if (reproduction === undefined) return [];
  const { command, placeholders, notes } = reproduction;
  return [
    {
      code: { lines: [command] },
      ...(placeholders.length > 0 && { facts: [['to fill in', placeholders.join(', ')]] }),
    },
    ...notes.map((text) => ({ text })),
  ];
}

/** Traces that spans of this one link to. */
export function linkedItems(bundle: Bundle): Item[] {
  return bundle.linkedTraces.map((linked) => ({
    text: linked.isFound
      ? 'A span links to this trace.'
      : 'A span links to a trace that is not in the source.',
    spans: spanIndexes(bundle, linked.spanIds).slice(0, 12),
    facts: [
      ['trace', linked.traceId],
      ['link', linked.direction === 'to' ? 'from here to there' : 'from there to here'],
      ...(linked.rootName === undefined ? [] : [['begins with', linked.rootName] as const]),
      ...(linked.durationMs === undefined ? [] : [['took', milliseconds(linked.durationMs)] as const]),
      ...(linked.errorCount ? [['failed spans', String(linked.errorCount)] as const] : []),
    ],
  }));
}
