import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { CallMetrics } from '../../../processors/genai/index.ts';
import { CALLS } from './dialects.ts';
import { recordSpan } from './record.ts';

test('genai metrics: a call is measured once, under the names of the conventions, whatever its dialect', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  const timed = { 'gen_ai.response.time_to_first_chunk': 0, 'agentlog.gen_ai.chunk_count': 4 };
  await recordSpan({ ...CALLS.vercel, ...timed }, { metrics: new CallMetrics() });
  await reader.forceFlush();
  const found = exporter.getMetrics().flatMap((each) => each.scopeMetrics.flatMap((scope) => scope.metrics));
  const sums = Object.fromEntries(
    found.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      (dataPoints[0]?.value as { sum?: number } | undefined)?.sum,
    ]),
  );
  const prefix = 'gen_ai.client.inference';
  expect(sums).toMatchObject({
    [`${prefix}.usage.input_tokens`]: 1200,
    [`${prefix}.usage.output_tokens`]: 150,
    [`${prefix}.usage.cache_read.input_tokens`]: 1000,
    [`${prefix}.usage.reasoning.output_tokens`]: 64,
  });
  expect(Object.keys(sums)).toEqual(
    expect.arrayContaining(
      ['duration', 'time_to_first_chunk', 'time_per_output_chunk'].map((name) => `${prefix}.${name}`),
    ),
  );
  expect(found[0]?.dataPoints[0]?.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-5-mini',
  });
  await reader.shutdown();
});
