import type { LogRecordExporter, LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { ConsoleLogRecordExporter } from '@opentelemetry/sdk-logs';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { ConsoleSpanExporter } from '@opentelemetry/sdk-trace';
import { CompositeLogRecordProcessor, CompositeSpanProcessor } from '../../processors/composite.ts';
import { createExceptionEnricher } from '../../processors/exceptions/index.ts';
import {
  type AnyExporter,
  Destination,
  type DestinationStatus,
  FanOut,
  type Item,
} from '../../processors/fan-out/index.ts';
import { CallMetrics, createGenAiEnricher } from '../../processors/genai/index.ts';
import type { Enricher } from '../../processors/processor.ts';
import { redactLog, redactSpan } from '../../processors/redaction/index.ts';
import { createSqlEnricher } from '../../processors/sql/index.ts';
import type { Crash } from '../../processors/unfinished.ts';
import { CONFIGURATION_NAMES } from '../core/attributes.ts';
import { allSettled } from '../core/deadline.ts';
import type { Encoded } from '../core/otlp/encoded.ts';
import { joinLogs, joinSpans } from '../core/otlp/join.ts';
import type { LogView, SpanView } from '../core/otlp/views.ts';
import { createRedactor, type Redactor } from '../core/redaction/index.ts';
import { JsonlExporter } from '../exporters/jsonl/index.ts';
import { createOtlpLogExporter, createOtlpTraceExporter, Patience } from '../exporters/otlp/index.ts';
import type { Config, QueueConfig } from './config.ts';
import { configurationNames } from './configuration-names.ts';
import { localDirectory } from './local-directory.ts';

/** Exporters of the user's own; they get the redacted copy, in batches, behind a queue of their own. */
export interface OwnDestinations {
  readonly destinations?: readonly SpanExporter[];
  readonly logDestinations?: readonly LogRecordExporter[];
}

/** Everything that stands between the SDK and the outside, for spans and log records. */
export interface Pipeline {
  readonly spanProcessor: SpanProcessor;
  readonly logRecordProcessor: LogRecordProcessor;
  readonly redactor: Redactor;
  readonly patience: Patience;
  /** Exports all that is queued; resolves when done, never rejects. */
  flush(): Promise<void>;
  /** Writes what can be written without waiting; never throws. */
  flushSync(): void;
  /** Passes on, once, the spans that have not ended, for a process that dies, of a crash perhaps. */
  passUnfinished(crash?: Crash): void;
  isIdle(): boolean;
  status(): { traces: DestinationStatus[]; logs: DestinationStatus[] };
}

interface ValueLimit {
  readonly attributeValueLengthLimit?: number;
}

/** A span or a log record of the SDK, which says what it was cut to. */
interface Limited {
  readonly _spanLimits?: ValueLimit;
  readonly _logRecordLimits?: ValueLimit;
}

/** The local file is written soon, so that SIGKILL loses little: with the 50 ms of the backlog 100 ms. */
const LOCAL_QUEUE: QueueConfig = { maxQueueSize: 20_000, maxBatchSize: 512, delayMs: 50, timeoutMs: 10_000 };

/** Builds the pipeline. This is the only place that sets its order. Opens nothing until the first record. */
export function createPipeline(config: Config, own: OwnDestinations, onFirst: () => void): Pipeline {
  const valueLengthLimits = new Set<number>();
  const cutsAt = (limits: ValueLimit | undefined): void => {
    const length = limits?.attributeValueLengthLimit ?? Number.POSITIVE_INFINITY;
    if (Number.isFinite(length)) valueLengthLimits.add(length);
  };
  for (const limits of [config.spanLimits, config.logLimits]) cutsAt(limits);
  const onFirstRecord = (live: ReadableSpan | ReadableLogRecord): void => {
    // Limits set in code beside `preset()` are known to the SDK's own records alone.
    cutsAt((live as Limited)._spanLimits ?? (live as Limited)._logRecordLimits);
    onFirst();
  };
  const redactor = createRedactor({ ...config.redaction, valueLengthLimits });
  const patience = new Patience();
  const enrichers: readonly Enricher[] = [
    createSqlEnricher({
      callSite: config.options.callSite,
      renameSpans: config.options.renameDbSpans,
    }),
    createGenAiEnricher({
      content: config.content,
      redactor,
      dropsOldNames: config.options.genaiOldNames === 'drop',
      ...(config.metrics.destinations.length > 0 && { metrics: new CallMetrics() }),
    }),
    createExceptionEnricher(redactor),
  ];
  const spans = new FanOut<SpanView>(spanDestinations(config, own, patience));
  const logs = new FanOut<LogView>(logDestinations(config, own, patience));
  const spanProcessor = new CompositeSpanProcessor({
    enrichers,
    redact: (span: ReadableSpan, facts) => redactSpan(span, facts, redactor),
    fanOut: spans,
    deadlineMs: config.options.flushTimeoutMs,
    onFirst: onFirstRecord,
  });
  return {
    spanProcessor,
    logRecordProcessor: new CompositeLogRecordProcessor({
      enrichers,
      redact: (record: ReadableLogRecord, facts) => redactLog(record, facts, redactor),
      fanOut: logs,
      deadlineMs: config.options.flushTimeoutMs,
      onFirst: onFirstRecord,
    }),
    redactor,
    patience,
    async flush() {
      spanProcessor.catchUp();
      await allSettled([spans.flush(), logs.flush()]);
    },
    flushSync() {
      spanProcessor.catchUp();
      spans.flushSync();
      logs.flushSync();
    },
    passUnfinished: (crash) => spanProcessor.passUnfinished(crash),
    isIdle: () => spanProcessor.isIdle && spans.isIdle && logs.isIdle,
    status() {
      spanProcessor.catchUp();
      return { traces: spans.status(), logs: logs.status() };
    },
  };
}

function spanDestinations(config: Config, own: OwnDestinations, patience: Patience): Destination<SpanView>[] {
  const { destinations } = config.traces;
  return [
    ...local<SpanView>(config, 'traces', joinSpans),
    ...destinations.map(({ target, queue }) =>
      target === 'console'
        ? remote<SpanView>(config, 'console', printing(new ConsoleSpanExporter()), queue)
        : remote<SpanView>(config, 'otlp', createOtlpTraceExporter(target, patience), queue),
    ),
    ...(own.destinations ?? []).map((exporter) =>
      remote<SpanView>(config, 'own', exporter, config.traces.queue),
    ),
  ];
}

function logDestinations(config: Config, own: OwnDestinations, patience: Patience): Destination<LogView>[] {
  const { destinations } = config.logs;
  return [
    ...local<LogView>(config, 'logs', joinLogs),
    ...destinations.map(({ target, queue }) =>
      target === 'console'
        ? remote<LogView>(config, 'console', printing(new ConsoleLogRecordExporter()), queue)
        : remote<LogView>(config, 'otlp', createOtlpLogExporter(target, patience), queue),
    ),
    ...(own.logDestinations ?? []).map((exporter) =>
      remote<LogView>(config, 'own', exporter, config.logs.queue),
    ),
  ];
}

function local<T extends Item>(
  { options }: Config,
  signal: 'traces' | 'logs',
  join: typeof joinSpans,
): Destination<T>[] {
  if (options.local === 'off') return [];
  const directory = localDirectory(options);
  let beside: object | undefined;
  const joined: typeof joinSpans = (items, room) => {
    beside ??= { [CONFIGURATION_NAMES]: configurationNames() };
    return join(items, room, beside);
  };
  return [
    new Destination<T>({
      ...LOCAL_QUEUE,
      name: 'local',
      exporter: new JsonlExporter<Encoded>(signal, joined, { ...options, directory }),
      keepsUnsampled: options.local === 'all',
      maxQueueBytes: options.queueMaxBytes,
    }),
  ];
}

/** Upstream's console exporters have printed when `export` returns, so they also serve in `exit`. */
function printing<T extends object>(exporter: T): T & { readonly isSynchronous: true } {
  return Object.assign(exporter, { isSynchronous: true } as const);
}

function remote<T extends Item>(
  config: Config,
  name: string,
  exporter: AnyExporter<T>,
  queue: QueueConfig,
): Destination<T> {
  return new Destination<T>({
    ...queue,
    name,
    exporter,
    keepsUnsampled: false,
    maxQueueBytes: config.options.queueMaxBytes,
  });
}
