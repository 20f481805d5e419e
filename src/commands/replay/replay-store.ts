import { redactLog, redactSpan } from '../../bundles/redact-trace.ts';
import { AgentlogError } from '../../core/errors.ts';
import { createRedactor, type RedactorOptions } from '../../core/redaction/index.ts';
import type { LogRecord, Span } from '../../core/span.ts';
import { openStored, type Stored, type StoredRecord } from '../../sources/stored-records.ts';
import type { Window } from '../window-options.ts';
import { OtlpSender } from './otlp-sender.ts';
import { Progress } from './progress.ts';
import { shiftLog, shiftSpan } from './shift.ts';

/** What of the store is sent. */
export interface Selection extends Window {
  /** Lower-case hex; a prefix fits every trace that begins with it. */
  readonly traceId?: string;
}

export interface Replay {
  readonly path: string;
  readonly to: string;
  readonly selection: Selection;
  /** What makes two commands the same run. */
  readonly runKey: readonly string[];
  readonly recordsPerSecond: number | undefined;
  readonly shiftToNow: boolean;
  readonly restart: boolean;
  readonly redaction: RedactorOptions;
  readonly env: NodeJS.ProcessEnv;
  readonly now: number;
  say(line: string): void;
}

export interface ReplayOutcome {
  readonly receiver: string;
  readonly spanCount: number;
  readonly logCount: number;
  /** Records that the interrupted run had sent. */
  readonly earlierCount: number;
  readonly rejectedCount: number;
  readonly hasRefusedLogs: boolean;
}

/** Records in a request. */
const BATCH = 500;
const SAY_EVERY_MS = 2_000;

/**
 * Sends every record of the store that fits, each once a run. Reads the store twice: to know how much there is and when
 * it ends, and to send. After each request that was confirmed the place is written down.
 * @throws AgentlogError the SOURCE_ and STORE_ codes.
 */
export async function replayStore(replay: Replay): Promise<ReplayOutcome> {
  const stored = await openStored(replay.path);
  const sender = new OtlpSender(replay.to, replay.env);
  try {
    const { path, runKey, restart, env, shiftToNow, now } = replay;
    const progress = await Progress.open(path, runKey, restart, env, replay.selection);
    const { traceId } = replay.selection;
    const selection = { ...progress.window, ...(traceId !== undefined && { traceId }) };
    const { total, newest } = await survey(stored, selection);
    progress.begin(stored.parts, shiftToNow ? BigInt(now) * 1_000_000n - newest : 0n);
    const earlierCount = progress.count;
    const counts = await sendAll(stored, { ...replay, selection }, sender, progress, total);
    await progress.finish();
    const { rejectedCount, hasRefusedLogs, name } = sender;
    return { receiver: name, ...counts, earlierCount, rejectedCount, hasRefusedLogs };
  } finally {
    sender.close();
  }
}

async function survey(stored: Stored, selection: Selection): Promise<{ total: number; newest: bigint }> {
  let total = 0;
  let newest = 0n;
  await stored.read(async ({ records }) => {
    for (const record of records) {
      if (!isWanted(record, selection)) continue;
      total += 1;
      const time = 'span' in record ? record.span.endTimeUnixNano : record.log.timeUnixNano;
      if (time > newest) newest = time;
    }
  });
  return { total, newest };
}

async function sendAll(
  stored: Stored,
  { selection, redaction, recordsPerSecond, say }: Replay,
  sender: OtlpSender,
  progress: Progress,
  total: number,
): Promise<{ spanCount: number; logCount: number }> {
  const redactor = createRedactor(redaction);
  const pace = paceOf(recordsPerSecond);
  let [spanCount, logCount, saidAt] = [0, 0, Date.now()];
  const seen = new Map<string, number>();
  await stored.read(async ({ part, records }) => {
    const wanted = records.filter((record) => isWanted(record, selection));
    const start = seen.get(part) ?? 0;
    seen.set(part, start + wanted.length);
    const rest = wanted.slice(Math.max(0, progress.doneOf(part) - start));
    for (const { spans, logs } of batches(rest, Math.min(BATCH, recordsPerSecond ?? BATCH))) {
      await pace(spans.length + logs.length);
      if (spans.length > 0) {
        await sender.sendSpans(spans.map((span) => shiftSpan(redactSpan(span, redactor), progress.shift)));
        spanCount += spans.length;
      } else if (
        await sender.sendLogs(logs.map((log) => shiftLog(redactLog(log, redactor), progress.shift)))
      ) {
        logCount += logs.length;
      }
      await progress.add(part, spans.length + logs.length);
      if (Date.now() - saidAt < SAY_EVERY_MS) continue;
      saidAt = Date.now();
      say(`agentlog-otel: ${progress.count} of ${total} records sent.`);
    }
  });
  if (progress.count < total) {
    throw new AgentlogError(
      'STORE_BUSY',
      `Only ${progress.count} of ${total} records could be read: the store changed meanwhile. Run the command again.`,
    );
  }
  return { spanCount, logCount };
}

/** Runs of one signal, in order: what a request holds is confirmed as a whole. */
function* batches(
  records: readonly StoredRecord[],
  size: number,
): Generator<{ spans: readonly Span[]; logs: readonly LogRecord[] }> {
  let [spans, logs]: [Span[], LogRecord[]] = [[], []];
  for (const record of records) {
    const isOther = 'span' in record ? logs.length > 0 : spans.length > 0;
    if (isOther || spans.length + logs.length >= size) {
      yield { spans, logs };
      [spans, logs] = [[], []];
    }
    if ('span' in record) spans.push(record.span);
    else logs.push(record.log);
  }
  if (spans.length + logs.length > 0) yield { spans, logs };
}

function isWanted(
  record: StoredRecord,
  { sinceUnixNano: since, untilUnixNano: until, traceId }: Selection,
): boolean {
  const [time, id] =
    'span' in record
      ? [record.span.startTimeUnixNano, record.span.traceId]
      : [record.log.timeUnixNano, record.log.traceId];
  return (
    (since === undefined || time >= since) &&
    (until === undefined || time < until) &&
    (traceId === undefined || id?.startsWith(traceId) === true)
  );
}

/** Waits before a request until so many records are allowed by now. */
function paceOf(recordsPerSecond: number | undefined): (count: number) => Promise<void> {
  if (recordsPerSecond === undefined) return async () => {};
  let nextAt = Date.now();
  return async (count) => {
    const waitMs = nextAt - Date.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    nextAt = Math.max(nextAt, Date.now()) + (count * 1_000) / recordsPerSecond;
  };
}
