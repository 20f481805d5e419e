import { expect, test } from 'vitest';
import { eachApp } from './each-app.ts';
import type { Receiver } from './receiver.ts';
import { asSent, readLocal, runApp } from './run-app.ts';

const SECRET = ['ghp_', 'a1B2c3D4e5F6g7H8i9J0', 'k1L2m3N4o5P6q7R8'].join('');

let receiver: Receiver;
let env: Record<string, string>;

eachApp((app) => {
  ({ receiver, env } = app);
});

test('logs: pino, winston, bunyan and console reach both destinations on their trace, redacted', async () => {
  const run = await runApp('loggers.mjs', { env: { ...env, AGENTLOG_CONSOLE: '1' } });
  expect(run.code).toBe(0);
  const local = readLocal(env.AGENTLOG_DIR as string);
  const [work] = local.spans;
  expect(
    local.logs.map(({ scope, severityText, body }) => [
      scope.name,
      severityText,
      String(body).split('\n')[0],
    ]),
  ).toEqual([
    ['@opentelemetry/instrumentation-pino', 'info', 'pino charged'],
    ['@agentlog/otel/winston-transport', 'info', 'winston charged'],
    ['@opentelemetry/instrumentation-bunyan', 'info', 'bunyan charged'],
    ['@agentlog/otel/console', 'log', 'console charged ghp_[REDACTED:github-token] { order: 7 }'],
    ['@agentlog/otel/console', 'error', 'RangeError: card declined'],
    ['@agentlog/otel/console', 'log', '┌─────────┬───────┐'],
    ['@agentlog/otel/console', 'trace', 'here'],
  ]);
  for (const log of local.logs) {
    expect(log).toMatchObject({ traceId: work?.traceId, spanId: work?.spanId });
  }
  expect(local.logs[4]?.attributes).toMatchObject({
    'exception.type': 'RangeError',
    'exception.message': 'card declined',
  });
  // The app's own line of bunyan names its trace as well.
  expect(run.stdout).toMatch(
    new RegExp(`bunyan charged.*"trace_id":"${work?.traceId}"|"trace_id":"${work?.traceId}".*bunyan charged`),
  );
  expect(receiver.logs).toEqual(local.logs.map(asSent));
  expect(local.text).not.toContain(SECRET);
  for (const body of receiver.bodies) expect(body.includes(SECRET)).toBe(false);
});

test('logs: the app prints the same with AGENTLOG_CONSOLE as without', async () => {
  const plain = (text: string) =>
    text
      .replace(/"time":"[^"]*"|"(?:time|pid)":\d+|"?(?:trace|span)_id"?:"\w+"/g, '')
      // The frames of the context manager are there in both.
      .replace(/\n {4}at .*/g, '');
  const off = await runApp('loggers.mjs', { env });
  const on = await runApp('loggers.mjs', { env: { ...env, AGENTLOG_CONSOLE: '1' } });
  expect(off.stdout).toContain(SECRET);
  expect(plain(on.stdout)).toBe(plain(off.stdout));
  expect(plain(on.stderr)).toBe(plain(off.stderr));
});

test('logs: console is not recorded unless asked for', async () => {
  await runApp('loggers.mjs', { env });
  const scopes = readLocal(env.AGENTLOG_DIR as string).logs.map((log) => log.scope.name);
  expect(scopes).toEqual([
    '@opentelemetry/instrumentation-pino',
    '@agentlog/otel/winston-transport',
    '@opentelemetry/instrumentation-bunyan',
  ]);
});

test('logs: what exporters and diag print does not feed itself', async () => {
  const run = await runApp('loggers.mjs', {
    env: {
      ...env,
      AGENTLOG_CONSOLE: '1',
      OTEL_LOG_LEVEL: 'debug',
      OTEL_LOGS_EXPORTER: 'console,otlp',
      OTEL_TRACES_EXPORTER: 'console',
      OTEL_BLRP_SCHEDULE_DELAY: '20',
    },
  });
  expect(run.code).toBe(0);
  const own = readLocal(env.AGENTLOG_DIR as string).logs.filter((log) => log.spanId !== undefined);
  expect(own).toHaveLength(7);
  // What diag printed before and after is recorded once at most.
  const bodies = receiver.logs.map((log) => `${log.timeUnixNano}${log.body}`);
  expect(new Set(bodies).size).toBe(bodies.length);
});
