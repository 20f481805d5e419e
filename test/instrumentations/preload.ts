/**
 * `node --import` this: instruments the app with the members of the room and nothing else of ours, and writes
 * at exit what was recorded, as one line of JSON on stdout after the app's own output.
 */
import { writeSync } from 'node:fs';
import { context, logs, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { loadInstrumentations } from '../../instrumentations/index.ts';
import { createAppResolver } from '../../instrumentations/resolve.ts';
import { readContentPolicy, setContentPolicy } from '../../src/core/genai/content-policy.ts';
import { setGenAiHosts } from '../../src/core/genai/hosts.ts';
import { installModuleHooks } from '../../src/sdk/module-hooks.ts';

const spans = new InMemorySpanExporter();
const records = new InMemoryLogRecordExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
trace.setGlobalTracerProvider(
  new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }),
);
logs.setGlobalLoggerProvider(
  new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: records })] }),
);

setContentPolicy(
  readContentPolicy((process.env.AGENTLOG_GENAI_CONTENT ?? '').split(',').filter(Boolean), undefined),
);
setGenAiHosts((process.env.AGENTLOG_GENAI_HOSTS ?? '').split(','));
const enabled = process.env.OTEL_NODE_ENABLED_INSTRUMENTATIONS?.split(',') ?? [];
const loaded = loadInstrumentations({ enabled, resolvesFromApp: createAppResolver() });
installModuleHooks(loaded.hookedModules);

process.on('exit', () => {
  const recorded = {
    spans: spans.getFinishedSpans().map((span) => ({
      name: span.name,
      kind: span.kind,
      traceId: span.spanContext().traceId,
      spanId: span.spanContext().spanId,
      parentSpanId: span.parentSpanContext?.spanId,
      attributes: span.attributes,
      status: span.status,
      events: span.events.map(({ name, attributes }) => ({ name, attributes })),
      scope: span.instrumentationScope.name,
      durationMs: span.duration[0] * 1e3 + span.duration[1] / 1e6,
    })),
    logs: records.getFinishedLogRecords().map((record) => ({
      body: record.body,
      severityNumber: record.severityNumber,
      severityText: record.severityText,
      attributes: record.attributes,
      traceId: record.spanContext?.traceId,
      scope: record.instrumentationScope.name,
    })),
    hooked: loaded.hooked,
    skipped: loaded.skipped,
  };
  writeSync(1, `\n@@recorded ${JSON.stringify(recorded)}\n`);
});
