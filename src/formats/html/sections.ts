import type { Finding } from '../../analyses/analysis.ts';
import type { Bundle, BundleError } from '../../bundles/bundle.ts';
import { counted, dollars, milliseconds } from '../numbers.ts';
import type { Item, Section } from './page-data.ts';

const EVIDENCE_LIMIT = 60;
const FRAME_LIMIT = 30;

/** The overview: what is wrong first, what the answer rests on last. Empty parts are left out. */
export function sections(bundle: Bundle, cutSpanCount: number): Section[] {
  const { findings } = bundle;
  const background = findings.filter((finding) => finding.severity === 'info');
  const told = findings.filter((finding) => finding.severity !== 'info');
  const all: Section[] = [
    { title: 'Findings', items: told.map((finding) => findingItem(bundle, finding)) },
    { title: 'Errors', items: bundle.errors.map((error) => errorItem(bundle, error)) },
    { title: 'Model calls', items: modelItems(bundle) },
    { title: 'Next', items: bundle.nextSteps.map((text) => ({ text })) },
    { title: 'Background', items: background.map((finding) => findingItem(bundle, finding)) },
    { title: 'Services', items: serviceItems(bundle), isFolded: true },
    { title: 'Masked values', items: maskedItems(bundle), isFolded: true },
    { title: 'Left out', items: omissionItems(bundle, cutSpanCount) },
    { title: 'What this rests on', items: [coverageItem(bundle)], isFolded: true },
  ];
  return all.filter(({ items }) => items.length > 0);
}

/** Evidence as indexes of spans. */
export function spanIndexes({ handles }: Bundle, ids: readonly string[]): number[] {
  return ids.flatMap((id) => {
    const handle = handles.get(id);
    return handle === undefined ? [] : [handle - 1];
  });
}

function findingItem(bundle: Bundle, { severity, title, facts, spanIds }: Finding): Item {
  const spans = spanIndexes(bundle, spanIds);
  return {
    tone: severity,
    text: title,
    ...(spans.length > 0 && { spans: spans.slice(0, EVIDENCE_LIMIT) }),
    facts: Object.entries(facts).flatMap(([key, value]) => fact(bundle, key, value)),
  };
}

function fact(bundle: Bundle, key: string, value: string | number | boolean): [string, string][] {
  if (value === '') return [];
  if (/spanId$/i.test(key)) {
    const handle = bundle.handles.get(String(value));
    return [[words(key.replace(/SpanId$/, '')), handle === undefined ? 'missing' : `#${handle}`]];
  }
  if (typeof value === 'number') {
    if (key.endsWith('Ms')) return [[words(key.slice(0, -2)), milliseconds(value)]];
    if (key.endsWith('Percent')) return [[words(key.slice(0, -7)), `${value}%`]];
    if (key.endsWith('Usd')) return [[words(key.slice(0, -3)), `$${dollars(value)}`]];
  }
  return [[words(key), String(value)]];
}

function errorItem(bundle: Bundle, error: BundleError): Item {
  const frames = error.frames.slice(0, FRAME_LIMIT);
  const lines = frames.map(
    ({ functionName, file, line, column }) => `${functionName ?? '(anonymous)'}  ${file}:${line}:${column}`,
  );
  const marked = frames.flatMap(({ isInApp }, index) => (isInApp ? [index] : []));
  return {
    tone: 'problem',
    spans: spanIndexes(bundle, error.spanIds).slice(0, EVIDENCE_LIMIT),
    facts: [
      ...(error.type === '' ? [] : [['type', error.type] as const]),
      ...(error.message === '' ? [] : [['message', error.message] as const]),
      ...(error.fingerprint === undefined ? [] : [['fingerprint', error.fingerprint] as const]),
    ],
    ...(lines.length > 0 && { code: { lines, marked } }),
  };
}

function modelItems(bundle: Bundle): Item[] {
  return bundle.llmCalls.map((call) => ({
    tone: call.isError || call.trouble !== undefined ? 'problem' : 'info',
    spans: spanIndexes(bundle, [call.spanId]),
    facts: [
      ['model', call.model],
      ['took', milliseconds(call.durationMs)],
      ['tokens', `${call.inputTokens ?? '?'} in, ${call.outputTokens ?? '?'} out`],
      ...(call.cachedInputTokens ? [['cached', String(call.cachedInputTokens)] as const] : []),
      ...(call.reasoningTokens ? [['reasoning', String(call.reasoningTokens)] as const] : []),
      ...(call.costUsd === undefined ? [] : [['cost', `$${dollars(call.costUsd)}`] as const]),
      ...(call.firstChunkMs === undefined ? [] : [['first chunk', milliseconds(call.firstChunkMs)] as const]),
      ...(call.attemptCount > 1 ? [['attempts', String(call.attemptCount)] as const] : []),
      ...(call.finishReasons.length > 0 ? [['finish', call.finishReasons.join(', ')] as const] : []),
      ...(call.trouble === undefined ? [] : [['trouble', call.trouble] as const]),
    ],
  }));
}

function serviceItems({ services }: Bundle): Item[] {
  return services.map(({ name, version, spanCount, errorCount }) => ({
    facts: [
      ['service', [name || '(unnamed)', version].filter(Boolean).join(' ')],
      ['spans', `${spanCount}${errorCount > 0 ? `, ${errorCount} failed` : ''}`],
    ],
  }));
}

function maskedItems({ redactions }: Bundle): Item[] {
  const item = (label: string, counts: ReadonlyMap<string, number>): Item[] => {
    if (counts.size === 0) return [];
    return [{ label, facts: [...counts].map(([rule, count]) => [rule, String(count)]) }];
  };
  return [...item('When stored', redactions.stored), ...item('Only now', redactions.onReading)];
}

function omissionItems({ omissions }: Bundle, cutSpanCount: number): Item[] {
  const items: Item[] = omissions.map(({ what, count, why }) => ({ text: `${what}: ${count}; ${why}.` }));
  if (cutSpanCount === 0) return items;
  return [
    ...items,
    {
      text: `Attributes of ${counted(cutSpanCount, 'span')}: too much for one page; --format json has them.`,
    },
  ];
}

function coverageItem({ coverage, provenance, traceId }: Bundle): Item {
  const bad = [
    counted(coverage.corruptLineCount, 'corrupt line'),
    counted(coverage.tornLineCount, 'torn line'),
  ];
  return {
    facts: [
      ['trace', traceId],
      ['source', provenance.source],
      ['read', [counted(coverage.fileCount, 'file'), ...bad].join(', ')],
      ['made by', `${provenance.tool} ${provenance.toolVersion}`],
    ],
  };
}

/** `inputTokens` → `input tokens`; a key with other characters (a rule id) stays as it is. */
function words(key: string): string {
  if (!/^[a-z]+(?:[A-Z][a-z]+)*$/.test(key)) return key;
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
