import type { Bundle } from '../bundles/bundle.ts';
import { logsRequest, spansRequest } from '../core/otlp/requests.ts';
import type { Format } from './format.ts';
import { escapeJson } from './text.ts';

/** Records on one line: collectors refuse requests of many megabytes. */
const RECORDS_PER_LINE = 500;

/**
 * The trace as OTLP/JSON lines, spans first, then log records: what the collector's `otlpjsonfile` receiver, this
 * tool and any OTLP endpoint take. Redacted as the bundle is; otherwise nothing is cut.
 */
export const otlp: Format = {
  name: 'otlp',
  fileExtension: 'otlp.jsonl',
  render: (bundle) => otlpTraces(bundle) + otlpLogs(bundle),
};

/** The spans alone, for a file of one signal; empty without any. */
export function otlpTraces({ trace, tree }: Bundle): string {
  const spans = tree.length === 0 ? trace.spans : tree.flatMap((row) => row.spans);
  return lines(spans, spansRequest);
}

/** The log records alone; empty without any. */
export function otlpLogs({ trace }: Bundle): string {
  return lines(trace.logs, logsRequest);
}

function lines<T>(records: readonly T[], request: (some: readonly T[]) => object): string {
  let text = '';
  for (let from = 0; from < records.length; from += RECORDS_PER_LINE) {
    text += `${escapeJson(JSON.stringify(request(records.slice(from, from + RECORDS_PER_LINE))))}\n`;
  }
  return text;
}
