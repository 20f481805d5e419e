import { type Attributes, context, type Span, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemoryLogRecordExporter, LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { InMemorySpanExporter, type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { CompositeLogRecordProcessor, CompositeSpanProcessor } from '../../../processors/composite.ts';
import { Destination, FanOut } from '../../../processors/fan-out/index.ts';
import { createGenAiEnricher, type GenAiEnricherOptions } from '../../../processors/genai/index.ts';
import { redactLog, redactSpan } from '../../../processors/redaction/index.ts';
import type { LogView, SpanView } from '../../../src/core/otlp/views.ts';
import { createRedactor } from '../../../src/core/redaction/index.ts';

const QUEUE = {
  name: 'test',
  keepsUnsampled: true,
  maxQueueSize: 1_000,
  maxQueueBytes: 100_000_000,
  maxBatchSize: 1_000,
  delayMs: 1,
  timeoutMs: 1_000,
};

export interface Recorder {
  readonly tracer: ReturnType<TracerProvider['getTracer']>;
  getTracer: TracerProvider['getTracer'];
  readonly logger: ReturnType<LoggerProvider['getLogger']>;
  /** The spans as they leave, in order of their end. */
  spans(): Promise<ReadableSpan[]>;
  logs(): Promise<ReadableLogRecord[]>;
}

/** The real pipeline, with the GenAI enricher alone, up to an exporter in memory. */
export function record(options: GenAiEnricherOptions = {}): Recorder {
  const redactor = createRedactor({});
  const enrichers = [createGenAiEnricher({ redactor, ...options })];
  const exporter = new InMemorySpanExporter();
  const logExporter = new InMemoryLogRecordExporter();
  const processor = new CompositeSpanProcessor({
    enrichers,
    redact: (span, facts) => redactSpan(span, facts, redactor),
    fanOut: new FanOut<SpanView>([new Destination<SpanView>({ ...QUEUE, exporter })]),
  });
  const logProcessor = new CompositeLogRecordProcessor({
    enrichers,
    redact: (log, facts) => redactLog(log, facts, redactor),
    fanOut: new FanOut<LogView>([new Destination<LogView>({ ...QUEUE, exporter: logExporter })]),
  });
  const provider = new TracerProvider({ spanProcessors: [processor] });
  const logs = new LoggerProvider({ processors: [logProcessor] });
  return {
    tracer: provider.getTracer('test'),
    getTracer: (...args) => provider.getTracer(...args),
    logger: logs.getLogger('test'),
    async spans() {
      await processor.forceFlush();
      return exporter.getFinishedSpans();
    },
    async logs() {
      await logProcessor.forceFlush();
      return logExporter.getFinishedLogRecords();
    },
  };
}

/** One span with these attributes, as it leaves. */
export async function recordSpan(
  attributes: Attributes,
  options: GenAiEnricherOptions = {},
  prepare: (span: Span) => void = () => {},
): Promise<ReadableSpan> {
  const recorder = record(options);
  const span = recorder.tracer.startSpan('a span', { attributes, kind: SpanKind.CLIENT });
  prepare(span);
  span.end();
  return (await recorder.spans())[0] as ReadableSpan;
}

/** Runs `work` in a span, with what it starts below it. */
export function inSpan<T>(
  recorder: Recorder,
  name: string,
  options: { attributes?: Attributes; kind?: SpanKind },
  work: (span: Span) => T,
): T {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  const span = recorder.tracer.startSpan(name, options);
  try {
    return context.with(trace.setSpan(context.active(), span), () => work(span));
  } finally {
    span.end();
  }
}
