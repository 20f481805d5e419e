import type { Bundle } from '../bundles/bundle.ts';
import { type AttributeValue, durationMs, type LogRecord, type Span } from '../core/span.ts';
import type { Coverage } from '../sources/source.ts';
import type { Format } from './format.ts';
import { escapeJson } from './text.ts';

/**
 * The whole bundle as one JSON object, one span, log record or finding a line. Nothing is cut. Times are decimal
 * strings of nanoseconds (`…UnixNano`), bytes are `{"base64": …}`, numbers that JSON lacks are strings.
 * `schemaVersion` changes when a field changes its meaning or goes.
 */
export const json: Format = {
  name: 'json',
  fileExtension: 'json',
  render(bundle) {
    const { handles, trace, tree } = bundle;
    const spans = tree.flatMap((row) => row.spans);
    const members: Record<string, unknown> = {
      schemaVersion: bundle.schemaVersion,
      traceId: bundle.traceId,
      outcome: bundle.outcome,
      selection: bundle.selection,
      startTimeUnixNano: String(bundle.startTimeUnixNano),
      durationMs: bundle.durationMs,
      hypotheses: bundle.hypotheses.map(({ findings, ...rest }) => ({
        ...rest,
        analysis: findings?.[0]?.analysis ?? null,
      })),
      excerpts: bundle.excerpts,
      baseline: bundle.baseline ?? null,
      beside: bundle.beside,
      typical: bundle.typical ?? null,
      occurrences: bundle.occurrences,
      services: bundle.services,
      processes: bundle.processes,
      relatedSystems: bundle.relatedSystems,
      linkedTraces: bundle.linkedTraces.map(describeLinked),
      findings: bundle.findings,
      errors: bundle.errors,
      reproduction: bundle.reproduction ?? null,
      suggestedTests: bundle.suggestedTests,
      llmCalls: bundle.llmCalls,
      toolCalls: bundle.toolCalls,
      spans: spans.map((span) => describeSpan(span, handles)),
      logs: trace.logs.map((log) => describeLog(log, handles)),
      missingParents: [...trace.missingParents],
      redactions: {
        stored: Object.fromEntries(bundle.redactions.stored),
        onReading: Object.fromEntries(bundle.redactions.onReading),
      },
      safety: describeSafety(bundle.safety),
      coverage: describeCoverage(bundle.coverage),
      omissions: bundle.omissions,
      provenance: bundle.provenance,
      nextSteps: bundle.nextSteps,
    };
    return `{\n${Object.entries(members).map(member).join(',\n')}\n}\n`;
  },
};

/** The fields of a coverage as JSON can hold them. */
export function describeCoverage(coverage: Coverage): Record<string, unknown> {
  const { oldestUnixNano, newestUnixNano, searchedSinceUnixNano, ...counts } = coverage;
  return {
    ...counts,
    ...(searchedSinceUnixNano !== undefined && { searchedSinceUnixNano: String(searchedSinceUnixNano) }),
    ...(oldestUnixNano !== undefined && { oldestUnixNano: String(oldestUnixNano) }),
    ...(newestUnixNano !== undefined && { newestUnixNano: String(newestUnixNano) }),
  };
}

function describeLinked({ startTimeUnixNano, ...linked }: Bundle['linkedTraces'][number]): object {
  return {
    ...linked,
    ...(startTimeUnixNano !== undefined && { startTimeUnixNano: String(startTimeUnixNano) }),
  };
}

function describeSafety(safety: Bundle['safety']): object {
  return {
    ...safety,
    truncatedFields: Object.fromEntries(safety.truncatedFields),
    omitted: Object.fromEntries(safety.omitted),
    outsiderFields: Object.fromEntries(safety.outsiderFields),
  };
}

function member([name, value]: [string, unknown]): string {
  if (!Array.isArray(value) || value.length === 0) return `${JSON.stringify(name)}: ${jsonLine(value)}`;
  // Appending makes no second copy of what may be 50 MB.
  let lines = '';
  for (const each of value) lines += `${lines === '' ? '' : ',\n'}${jsonLine(each)}`;
  return `${JSON.stringify(name)}: [\n${lines}\n]`;
}

/** A value as JSON on one line, in which nothing can hide: bytes as `{"base64": …}`, numbers that JSON lacks as strings. */
export function jsonLine(value: unknown): string {
  return escapeJson(JSON.stringify(plain(value)));
}

/** A span as JSON can hold it, without the attributes of its resource. */
export function describeSpan(span: Span, handles: Bundle['handles']): object {
  const { resource, scope, startTimeUnixNano, endTimeUnixNano, events, ...rest } = span;
  return {
    handle: handles.get(span.spanId),
    ...rest,
    startTimeUnixNano: String(startTimeUnixNano),
    endTimeUnixNano: String(endTimeUnixNano),
    durationMs: durationMs(span),
    service: resource.attributes['service.name'] ?? null,
    scope: scope.name,
    events: events.map((event) => ({ ...event, timeUnixNano: String(event.timeUnixNano) })),
  };
}

/** A log record as JSON can hold it, without the attributes of its resource. */
export function describeLog(log: LogRecord, handles: Bundle['handles']): object {
  const { resource, scope, timeUnixNano, ...rest } = log;
  return {
    handle: handles.get(log.spanId ?? '') ?? null,
    ...rest,
    timeUnixNano: String(timeUnixNano),
    service: resource.attributes['service.name'] ?? null,
    scope: scope.name,
  };
}

/** JSON has no bytes, NaN or infinity. */
function plain(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const record = value as { [key: string]: AttributeValue };
  return Object.fromEntries(Object.entries(record).map(([key, each]) => [key, plain(each)]));
}
