import type { Trace } from '../core/trace.ts';
import type { Finding } from './analysis.ts';
import { type LlmCall, llmCallsOf } from './facts/llm-calls.ts';

/** The model calls of a trace, one finding a model: calls, tokens, cost, time, failures; the slowest model first. */
export function genaiUsage(trace: Trace): Finding[] {
  const byModel = new Map<string, LlmCall[]>();
  for (const call of llmCallsOf(trace)) {
    const calls = byModel.get(call.requestModel);
    if (calls === undefined) byModel.set(call.requestModel, [call]);
    else calls.push(call);
  }
  return [...byModel.values()]
    .map(describe)
    .sort((a, b) => Number(b.facts.totalMs) - Number(a.facts.totalMs));
}

function describe(calls: readonly LlmCall[]): Finding {
  const failed = calls.filter((call) => call.isError);
  const [first] = calls;
  const times = calls.length === 1 ? 'once' : `${calls.length} times`;
  const failures =
    failed.length === 0 ? '' : calls.length === 1 ? ' and failed' : `; ${failed.length} failed`;
  const troubled = calls.filter((call) => call.trouble !== undefined);
  const costUsd = sum(calls, (call) => call.costUsd);
  const retryCount = sum(calls, (call) => call.attemptCount - 1);
  return {
    analysis: 'genai-usage',
    severity: failed.length > 0 || troubled.length > 0 ? 'note' : 'info',
    title: `A model was called ${times}${failures}.`,
    facts: {
      model: first?.requestModel ?? '',
      provider: first?.provider ?? '',
      callCount: calls.length,
      errorCount: failed.length,
      inputTokens: sum(calls, (call) => call.inputTokens),
      outputTokens: sum(calls, (call) => call.outputTokens),
      ...(costUsd > 0 && { costUsd: Number(costUsd.toPrecision(6)) }),
      ...(retryCount > 0 && { retryCount }),
      ...(troubled.length > 0 && { trouble: [...new Set(troubled.map((call) => call.trouble))].join(', ') }),
      totalMs: sum(calls, (call) => call.durationMs),
    },
    spanIds: calls.map((call) => call.spanId),
  };
}

function sum(calls: readonly LlmCall[], read: (call: LlmCall) => number | undefined): number {
  return calls.reduce((total, call) => total + (read(call) ?? 0), 0);
}
