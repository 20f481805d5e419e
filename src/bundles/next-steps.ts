import type { Bundle } from './bundle.ts';

type Known = Pick<Bundle, 'traceId' | 'outcome' | 'findings' | 'handles' | 'trace' | 'coverage'>;

/** At most five things worth doing, in our own words, the first one first. */
export function nextSteps(bundle: Known): string[] {
  const steps: string[] = [];
  const handle = (spanId: unknown): string => `#${bundle.handles.get(String(spanId)) ?? '?'}`;
  const origin = bundle.findings.find((each) => each.analysis === 'error-origin');
  if (origin?.severity === 'problem') {
    steps.push(
      origin.facts.at === undefined
        ? `No stack was recorded at ${handle(origin.spanIds[0])}: read the logs around it.`
        : `Read the code at the place named in the first finding (${handle(origin.spanIds[0])}), then what called it.`,
    );
  }
  const repeat = bundle.findings.find(
    (each) => each.analysis === 'n-plus-one' && each.severity === 'problem',
  );
  if (repeat !== undefined) {
    const isHere = bundle.handles.has(String(repeat.facts.parentSpanId));
    const place = isHere
      ? `below ${handle(repeat.facts.parentSpanId)}`
      : `that runs ${handle(repeat.spanIds[0])}`;
    steps.push(`Find the loop ${place} and fetch all its rows with one statement (a join, or = ANY($1)).`);
  }
  if (bundle.trace.missingParents.size > 0) {
    steps.push('Parents are missing: look for the other service’s files and name their folder with --dir.');
  }
  if (bundle.outcome === 'empty') {
    steps.push('Only log records are here: the spans have not ended yet, or went to another directory.');
  }
  if (bundle.coverage.tornLineCount > 0) {
    steps.push('A last line is cut off: if the app is still running, wait 1 s and ask again.');
  }
  steps.push(
    `Every attribute of every span: \`agentlog-otel bundle --trace-id ${bundle.traceId} --format json\`.`,
  );
  return steps.slice(0, 5);
}
