import type { TreeRow } from '../../bundles/bundle.ts';
import type { TraceView } from '../../bundles/trace-view.ts';
import {
  DB_QUERY_TEXT,
  HTTP_RESPONSE_STATUS_CODE,
  HTTP_ROUTE,
  OLD_DB_STATEMENT,
  SPAN_UNFINISHED,
} from '../../core/attributes.ts';
import { durationMs, type Span, STATUS_CODE } from '../../core/span.ts';
import { describeCoverage, jsonLine } from '../json.ts';
import { isoTime } from '../numbers.ts';
import { serviceOf } from '../rows.ts';
import { chooseRows } from './choose-rows.ts';
import { focusOn } from './focus.ts';
import { type Marks, marksOf } from './marks.ts';
import type { TreeOptions } from './tree.ts';

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
/** Room for what stands around the spans. */
const FRAME_CHARS = 200;

/**
 * The tree as one JSON object, a span a line in the order of their handles: what is needed to choose spans. Their
 * attributes come from `spans`.
 */
export function renderTreeJson(bundle: TraceView, { focus, maxChars }: TreeOptions): string {
  const marks = marksOf(bundle);
  const rows = focus === undefined ? bundle.tree : focusOn(bundle, focus);
  const texts = rows.map((row) =>
    row.spans.map((span) => jsonLine(describe(bundle, row, span, marks))).join(',\n'),
  );
  const frame = {
    schemaVersion: bundle.schemaVersion,
    traceId: bundle.traceId,
    outcome: bundle.outcome,
    startTime: isoTime(bundle.startTimeUnixNano),
    startTimeUnixNano: String(bundle.startTimeUnixNano),
    durationMs: bundle.durationMs,
    spanCount: bundle.trace.spans.length,
    logCount: bundle.trace.logs.length,
    services: bundle.services,
    ...(focus !== undefined && { focus: bundle.handles.get(focus) }),
    missingParents: [...bundle.trace.missingParents],
    findings: bundle.findings.filter(({ severity }) => severity !== 'info'),
    coverage: describeCoverage(bundle.coverage),
  };
  const head = jsonLine(frame).slice(0, -1);
  const lengths = texts.map((text) => text.length + 2);
  const budget = maxChars === undefined ? Number.POSITIVE_INFINITY : maxChars - head.length - FRAME_CHARS;
  const isFailed = ({ spans }: TreeRow): boolean =>
    spans.some(({ status }) => status.code === STATUS_CODE.error);
  const kept = chooseRows(rows, lengths, budget, (row) => isFailed(row) || marks.isEvidence(row));
  const leftOutSpanCount = rows.reduce((sum, { spans }, at) => sum + (kept.has(at) ? 0 : spans.length), 0);
  const shown = texts.filter((_, index) => kept.has(index)).join(',\n');
  return `${head},"leftOutSpanCount":${leftOutSpanCount},"spans":[${shown === '' ? '' : `\n${shown}\n`}]}\n`;
}

function describe({ handles, trace }: TraceView, row: TreeRow, span: Span, marks: Marks): object {
  const { attributes, status, parentSpanId } = span;
  const own = { ...row, spans: [span] };
  const criticalMs = marks.criticalMs(own);
  const parentHandle = handles.get(parentSpanId ?? '');
  const statement = attributes[DB_QUERY_TEXT] ?? attributes[OLD_DB_STATEMENT];
  const repeats = marks.repeats(own);
  return {
    handle: handles.get(span.spanId),
    spanId: span.spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    ...(parentHandle !== undefined && { parentHandle }),
    depth: row.depth,
    name: span.name,
    kind: KINDS[span.kind] ?? 'unspecified',
    service: serviceOf(span),
    offsetMs: Number(span.startTimeUnixNano - (trace.spans[0]?.startTimeUnixNano ?? 0n)) / 1e6,
    durationMs: durationMs(span),
    isCritical: marks.isCritical(own),
    ...(criticalMs > 0 && { criticalMs }),
    isError: status.code === STATUS_CODE.error,
    ...(status.message !== undefined && { statusMessage: status.message }),
    ...(attributes[SPAN_UNFINISHED] === true && { isUnfinished: true }),
    ...pick('httpStatusCode', attributes[HTTP_RESPONSE_STATUS_CODE]),
    ...pick('route', attributes[HTTP_ROUTE]),
    ...pick('statement', statement),
    ...(repeats.length > 0 && { repeats }),
    ...(row.spans.length > 1 && { groupSize: row.spans.length }),
  };
}

function pick(name: string, value: unknown): object {
  return value === undefined ? {} : { [name]: value };
}
