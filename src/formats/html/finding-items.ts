import type { Finding } from '../../analyses/analysis.ts';
import type { Bundle, BundleError } from '../../bundles/bundle.ts';
import { dollars, milliseconds } from '../numbers.ts';
import { readableFact } from '../readable-fact.ts';
import type { Item } from './page-data.ts';

const EVIDENCE_LIMIT = 60;
const FRAME_LIMIT = 30;

/** Evidence as indexes of spans. */
export function spanIndexes({ handles }: Bundle, ids: readonly string[]): number[] {
  return ids.flatMap((id) => {
    const handle = handles.get(id);
    return handle === undefined ? [] : [handle - 1];
  });
}

/** A finding with its facts and evidence. */
export function findingItem(bundle: Bundle, { severity, title, facts, spanIds }: Finding): Item {
  const spans = spanIndexes(bundle, spanIds);
  return {
    tone: severity,
    text: title,
    ...(spans.length > 0 && { spans: spans.slice(0, EVIDENCE_LIMIT) }),
    facts: factsOf(bundle, facts),
  };
}

/** Facts with their units, ids as handles. */
export function factsOf(bundle: Bundle, facts: Finding['facts']): (readonly [string, string])[] {
  return Object.entries(facts).flatMap(([key, value]) =>
    value === '' ? [] : [readableFact(bundle, key, value)],
  );
}

/** An exception with its stack, the frames of the app standing out. */
export function errorItem(bundle: Bundle, error: BundleError): Item {
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

/** The model calls: tokens, cost, time, what went wrong. */
export function modelItems(bundle: Bundle): Item[] {
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

/** What may be the cause, the likeliest first. */
export function hypothesisItems(bundle: Bundle): Item[] {
  return bundle.hypotheses.map(({ claim, confidence, facts, evidence, refutedBy }) => ({
    tone: confidence === 'high' ? 'problem' : confidence === 'medium' ? 'note' : 'info',
    text: claim,
    spans: spanIndexes(bundle, evidence).slice(0, EVIDENCE_LIMIT),
    facts: [['confidence', confidence], ...factsOf(bundle, facts), ['refuted by', refutedBy]],
  }));
}

/** Tests to write. */
export function adviceItems(bundle: Bundle): Item[] {
  return bundle.suggestedTests.map(({ text, facts }) => ({ text, facts: factsOf(bundle, facts) }));
}
