import { describe } from 'vitest';
import { type Case, compare, namesOf, type Outcome, requestsTo } from './beside-stock.ts';

const SIGNALS = ['TRACES', 'LOGS', 'METRICS'] as const;
type Signal = (typeof SIGNALS)[number];

/** Only this signal goes out: nothing else is in flight beside it. */
const only = (signal: Signal) =>
  Object.fromEntries(SIGNALS.map((each) => [`OTEL_${each}_EXPORTER`, each === signal ? 'otlp' : 'none']));
const NO_HTTP = { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'pg' };
/** How long the collector takes to answer where it is to be slow. */
const SLOW_MS = 1_500;

const traces = (outcome: Outcome) => requestsTo(outcome, '/v1/traces');
const logs = (outcome: Outcome) => requestsTo(outcome, '/v1/logs');
const bodies = (outcome: Outcome) => outcome.logs.map((log) => log.body).sort();
const LINES = ['line 0', 'line 1', 'line 2', 'line 3', 'line 4'];

const SPANS: readonly Case[] = [
  {
    name: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
    env: { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4', OTEL_BSP_SCHEDULE_DELAY: '60000' },
    observe: (outcome) => Math.max(...traces(outcome).map((each) => each.records)),
    expected: 4,
  },
  {
    name: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE above the size of the queue is that',
    env: { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '100', OTEL_BSP_MAX_QUEUE_SIZE: '4' },
    observe: (outcome) => Math.max(...traces(outcome).map((each) => each.records)) <= 4,
    expected: true,
  },
  {
    // When exactly a full queue is emptied is not specified. While the first two wait for their answer there is room
    // for two of the other six.
    name: 'OTEL_BSP_MAX_QUEUE_SIZE: what comes when it is full is dropped',
    env: { ...only('TRACES'), ...NO_HTTP, OTEL_BSP_MAX_QUEUE_SIZE: '2' },
    delayMs: SLOW_MS,
    observe: (outcome) => [namesOf(outcome).includes('limits'), outcome.spans.length < 8],
    expected: [true, true],
  },
  {
    name: 'OTEL_BSP_SCHEDULE_DELAY shorter than the app’s pause: more than one request',
    env: { OTEL_BSP_SCHEDULE_DELAY: '100', APP_PAUSE_MS: '700', ...NO_HTTP },
    observe: (outcome) => traces(outcome).length > 1,
    expected: true,
  },
  {
    name: 'OTEL_BSP_SCHEDULE_DELAY longer than the app: one request',
    env: { OTEL_BSP_SCHEDULE_DELAY: '60000', APP_PAUSE_MS: '700', ...NO_HTTP },
    observe: (outcome) => traces(outcome).length,
    expected: 1,
  },
];

const LOGS: readonly Case[] = [
  {
    name: 'OTEL_BLRP_MAX_EXPORT_BATCH_SIZE',
    env: { OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '2' },
    observe: (outcome) =>
      logs(outcome)
        .map((each) => each.records)
        .sort(),
    expected: [1, 2, 2],
  },
  {
    name: 'OTEL_BLRP_MAX_QUEUE_SIZE',
    env: { ...only('LOGS'), OTEL_BLRP_MAX_QUEUE_SIZE: '1' },
    delayMs: SLOW_MS,
    observe: (outcome) => [bodies(outcome).includes('line 0'), bodies(outcome).length < LINES.length],
    expected: [true, true],
  },
  {
    name: 'OTEL_BLRP_SCHEDULE_DELAY shorter than the app’s pause: more than one request',
    env: { OTEL_BLRP_SCHEDULE_DELAY: '100', APP_PAUSE_MS: '700' },
    observe: (outcome) => [logs(outcome).length > 1, bodies(outcome)],
    expected: [true, LINES],
  },
  {
    name: 'OTEL_BLRP_SCHEDULE_DELAY longer than the app: one request',
    env: { OTEL_BLRP_SCHEDULE_DELAY: '60000', APP_PAUSE_MS: '1500' },
    observe: (outcome) => [logs(outcome).length, bodies(outcome)],
    expected: [1, LINES],
  },
  {
    name: 'no OTEL_BLRP_SCHEDULE_DELAY: a second',
    env: { APP_PAUSE_MS: '2500' },
    observe: (outcome) => logs(outcome).map((each) => each.records),
    expected: [2, 3],
  },
];

const BATCHES: readonly Case[] = (
  [
    ['OTEL_BSP', 'TRACES', 8],
    ['OTEL_BLRP', 'LOGS', 5],
  ] as const
).flatMap(([prefix, signal, count]) => {
  const env = { ...only(signal), ...NO_HTTP, [`${prefix}_SCHEDULE_DELAY`]: '50' };
  return [
    {
      name: `${prefix}_EXPORT_TIMEOUT shorter than the answer: the next batch goes without waiting for it`,
      env: { ...env, [`${prefix}_EXPORT_TIMEOUT`]: '150', APP_PAUSE_MS: '700' },
      delayMs: SLOW_MS,
      observe: (outcome: Outcome) => [outcome.mostAtOnce() > 1, outcome.givenUp()],
      expected: [true, 0],
    },
    {
      name: `${prefix}_EXPORT_TIMEOUT longer than the answer: one batch at a time`,
      env: { ...env, [`${prefix}_EXPORT_TIMEOUT`]: '20000', APP_PAUSE_MS: '300' },
      delayMs: 800,
      observe: (outcome: Outcome) => [outcome.mostAtOnce(), outcome.spans.length + outcome.logs.length],
      expected: [1, count],
    },
  ];
});

/** What cannot be a size or a time: the default is used. */
const INVALID: readonly Case[] = ['BSP', 'BLRP'].flatMap((queue) =>
  ['0', '-5', 'many'].map((value) => ({
    name: `OTEL_${queue}_* of ${value}`,
    env: Object.fromEntries(
      ['SCHEDULE_DELAY', 'EXPORT_TIMEOUT', 'MAX_QUEUE_SIZE', 'MAX_EXPORT_BATCH_SIZE'].map((name) => [
        `OTEL_${queue}_${name}`,
        value,
      ]),
    ),
    observe: (outcome: Outcome) => [namesOf(outcome).length, bodies(outcome)],
    expected: [10, LINES],
  })),
);

const REQUESTS: readonly Case[] = [
  ...SIGNALS.map((signal) => ({
    name: `OTEL_EXPORTER_OTLP_${signal}_TIMEOUT over the general one`,
    env: {
      ...only(signal),
      OTEL_EXPORTER_OTLP_TIMEOUT: '5000',
      [`OTEL_EXPORTER_OTLP_${signal}_TIMEOUT`]: '150',
    },
    delayMs: SLOW_MS,
    observe: (outcome: Outcome) => outcome.givenUp() > 0,
    expected: true,
  })),
  {
    name: 'OTEL_EXPORTER_OTLP_TIMEOUT shorter than the answer: the request is given up',
    env: { OTEL_EXPORTER_OTLP_TIMEOUT: '150', OTEL_LOGS_EXPORTER: 'none' },
    delayMs: SLOW_MS,
    observe: (outcome) => outcome.givenUp() > 0,
    expected: true,
  },
  {
    name: 'OTEL_EXPORTER_OTLP_TIMEOUT longer than the answer: it is awaited',
    env: { OTEL_EXPORTER_OTLP_TIMEOUT: '5000', OTEL_LOGS_EXPORTER: 'none' },
    delayMs: 400,
    observe: (outcome) => outcome.givenUp(),
    expected: 0,
  },
  {
    // Between two answers there is time to end: upstream's requests hold the process.
    name: 'OTEL_METRIC_EXPORT_TIMEOUT',
    env: {
      ...only('METRICS'),
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_METRIC_EXPORT_TIMEOUT: '120',
      OTEL_LOG_LEVEL: 'error',
    },
    delayMs: 600,
    observe: ({ run }) => /metrics export timed out after (\d+)ms/.exec(run.stdout + run.stderr)?.[1],
    expected: '120',
  },
];

describe('config: queues of spans, as upstream', () => compare(SPANS));
describe('config: queues of log records, as upstream', () => compare(LOGS));
describe('config: one batch after the other, as upstream', () => compare(BATCHES));
describe('config: queues that cannot be, as upstream', () => compare(INVALID));
describe('config: time-outs, as upstream', () => compare(REQUESTS));
