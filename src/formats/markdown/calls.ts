import type { Bundle } from '../../bundles/bundle.ts';
import { milliseconds } from '../numbers.ts';
import { named } from '../text.ts';

type LlmCall = Bundle['llmCalls'][number];

/** A context window that is as full as this is worth a word. */
const FULL = 0.8;

/** One model call on one line: who was asked, tokens, cost, time to the first chunk, why it ended, what went wrong. */
export function renderCall(bundle: Bundle, call: LlmCall): string {
  const parts = [
    `#${bundle.handles.get(call.spanId) ?? '?'}`,
    named(call.operation || 'call'),
    named(call.model || 'unknown'),
    call.provider === '' ? '' : `by ${named(call.provider)}`,
    milliseconds(call.durationMs),
    call.firstChunkMs === undefined ? '' : `first chunk ${milliseconds(call.firstChunkMs)}`,
    `tokens ${call.inputTokens ?? '?'}→${call.outputTokens ?? '?'}`,
    !call.cachedInputTokens ? '' : `cached ${call.cachedInputTokens}`,
    !call.reasoningTokens ? '' : `reasoning ${call.reasoningTokens}`,
    call.costUsd === undefined ? '' : `cost $${dollars(call.costUsd)}`,
    (call.contextRatio ?? 0) < FULL ? '' : `context ${Math.round((call.contextRatio ?? 0) * 100)}% full`,
    call.finishReasons.length === 0 ? '' : `finish ${call.finishReasons.slice(0, 4).map(named).join(',')}`,
    call.attemptCount === 1 ? '' : `attempts ${call.attemptCount}`,
    call.trouble === undefined ? '' : call.trouble.toUpperCase(),
    !call.isError ? '' : `ERROR ${call.errorType === undefined ? '' : named(call.errorType)}`.trimEnd(),
    call.isError && call.statusCode !== undefined ? `status ${call.statusCode}` : '',
    call.retryAfterS === undefined ? '' : `retry after ${call.retryAfterS}s`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** `0.000375`, `1.25`: four digits that say something, never an exponent. */
function dollars(usd: number): string {
  return usd === 0
    ? '0'
    : usd
        .toFixed(Math.max(2, Math.min(12, 3 - Math.floor(Math.log10(usd)))))
        .replace(/(\.\d\d\d*?)0+$/, '$1');
}
