import type { Bundle } from '../../bundles/bundle.ts';
import { dollars, milliseconds } from '../numbers.ts';
import { named, quoted } from '../text.ts';

type LlmCall = Bundle['llmCalls'][number];
type ToolCall = Bundle['toolCalls'][number];

/** A context window that is as full as this is worth a word. */
const FULL = 0.8;
const CONTENT_LIMIT = 400;

/**
 * One model call on one line: who was asked, tokens, cost, time to the first chunk, why it ended, what went wrong.
 * A line each follows for what it was given and what it said, where that was recorded.
 */
export function renderModelCall({ handles }: Bundle, call: LlmCall): string[] {
  const parts = [
    `#${handles.get(call.spanId) ?? '?'}`,
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
  return [joined(parts), ...content('given', call.prompt), ...content('said', call.answer)];
}

/** A tool call on one line, with the handle of an earlier one that had the same arguments. */
export function renderToolCall(bundle: Bundle, call: ToolCall): string[] {
  const { handles, toolCalls } = bundle;
  const first = toolCalls.find(
    ({ name, argumentsHash }) => name === call.name && argumentsHash === call.argumentsHash,
  );
  const isAgain = call.argumentsHash !== undefined && first !== undefined && first.spanId !== call.spanId;
  const parts = [
    `#${handles.get(call.spanId) ?? '?'}`,
    named(call.name),
    milliseconds(call.durationMs),
    isAgain ? `same arguments as #${handles.get(first.spanId) ?? '?'}` : '',
    isAgain && isRedundant(bundle, call) ? 'REDUNDANT' : '',
    call.isError ? `ERROR ${call.errorType === undefined ? '' : named(call.errorType)}`.trimEnd() : '',
  ];
  return [joined(parts), ...content('given', call.arguments), ...content('answered', call.result)];
}

/** What the calls cost in all, and by which prices; undefined where no price is known. */
export function totalCost({ llmCalls }: Bundle): string | undefined {
  const costs = llmCalls.flatMap(({ costUsd }) => costUsd ?? []);
  if (costs.length === 0) return undefined;
  const total = costs.reduce((sum, each) => sum + each, 0);
  const unknown = costs.length < llmCalls.length ? ` for ${costs.length} of ${llmCalls.length} calls` : '';
  const source = llmCalls.find(({ costSource }) => costSource !== undefined)?.costSource;
  return `total cost $${dollars(total)}${unknown}${source === undefined ? '' : ` by ${quoted(source, 80)}`}`;
}

/** The rule knows what was written in between. */
function isRedundant({ findings }: Bundle, { spanId }: ToolCall): boolean {
  return findings.some(
    ({ analysis, facts, spanIds }) =>
      analysis === 'n-plus-one' && facts.kind === 'tool' && spanIds.slice(1).includes(spanId),
  );
}

function content(label: string, text: string | undefined): string[] {
  return text === undefined ? [] : [`    ${label} ${quoted(text, CONTENT_LIMIT)}`];
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
