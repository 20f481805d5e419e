import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Span } from '../../src/core/span.ts';
import { type Receiver, type Request, startReceiver } from './receiver.ts';
import { REGISTER, type Run, runApp } from './run-app.ts';

/** What one register made of the app: what it printed and what arrived. */
export interface Outcome extends Receiver {
  readonly run: Run;
  readonly directory: string;
}

/** A setting under which both must do the same. */
export interface Case {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** What the variable decides; of both the same, and equal to `expected` so that it shows something. */
  readonly observe: (outcome: Outcome) => unknown;
  readonly expected: unknown;
  readonly delayMs?: number;
}

export const STOCK: readonly string[] = ['--import', '@opentelemetry/auto-instrumentations-node/register'];

/** Both send JSON, ask no cloud, and hook `http` alone: the rest is the variable under test. */
const COMMON = {
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
  OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http',
  OTEL_METRICS_EXPORTER: 'none',
};

/** Runs test/apps/config.cjs to its end against a receiver of its own. `{url}` in a variable is that receiver. */
export async function runUnder(
  nodeArgs: readonly string[],
  { env, delayMs }: Pick<Case, 'env' | 'delayMs'>,
): Promise<Outcome> {
  const receiver = await startReceiver({ delayMs: delayMs ?? 0 });
  const directory = mkdtempSync(join(tmpdir(), 'agentlog-config-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const fill = (value: string) => value.replaceAll('{url}', receiver.url);
  const own = Object.entries(env).map(([name, value]) => [name, fill(value)]);
  const run = await runApp('config.cjs', {
    nodeArgs,
    env: {
      ...COMMON,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      AGENTLOG_DIR: join(directory, '.agentlog'),
      ...Object.fromEntries(own),
    },
  });
  await receiver.close();
  return { ...receiver, run, directory };
}

export const namesOf = ({ spans }: Outcome): string[] => spans.map((span) => span.name).sort();
export const span = ({ spans }: Outcome, name = 'limits'): Span | undefined =>
  spans.find((each) => each.name === name);
export const requestsTo = ({ requests }: Outcome, path: string): Request[] =>
  requests.filter((each) => each.path === path);

/** Runs each case under both. */
export function compare(cases: readonly Case[]): void {
  test.each(cases)('$name', async ({ observe, expected, ...options }) => {
    const [ours, stock] = await Promise.all([runUnder(REGISTER, options), runUnder(STOCK, options)]);
    expect(stock.run.code).toBe(0);
    expect(ours.run.code).toBe(0);
    expect(observe(stock)).toEqual(expected);
    expect(observe(ours)).toEqual(expected);
  });
}
