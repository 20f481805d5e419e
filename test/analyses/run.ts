import type { Finding, History } from '../../src/analyses/analysis.ts';
import { analyses } from '../../src/analyses/index.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { buildTrace, type Trace } from '../../src/core/trace.ts';
import { Story, type StoryLog, type StorySpan } from '../traces/otlp.ts';

export const SERVICE = { 'service.name': 'shop' };
export const story: Story = new Story('f00df00df00df00df00df00df00df00d');

/** The spans and log records of one service as a trace, by way of OTLP/JSON. */
export function traceOf(spans: readonly StorySpan[], logs: readonly StoryLog[] = []): Trace {
  const decoded = decodeLine(story.spans(SERVICE, spans));
  return buildTrace(story.traceId, decoded.spans, decodeLine(story.logs(SERVICE, logs)).logs);
}

/** What the analysis of this name finds. */
export function run(
  name: string,
  spans: readonly StorySpan[],
  logs: readonly StoryLog[] = [],
  history?: History,
): Finding[] {
  const analysis = analyses[name];
  if (analysis === undefined) throw new Error(`no analysis ${name}`);
  return analysis(traceOf(spans, logs), history);
}

/** The numbers of the spans that a finding names. */
export function evidence(finding: Finding | undefined): number[] {
  return (finding?.spanIds ?? []).map((id) => Number.parseInt(id.slice(8), 16));
}
