import type { ProcessFact } from '../bundles/processes.ts';
import { milliseconds, percent, rounded, size } from './numbers.ts';

/** What was measured of a process around the end of a trace, with units; empty where nothing was. */
export function healthFacts({ health }: ProcessFact): (readonly [name: string, value: string])[] {
  if (health === undefined) return [];
  const { measuredAfterMs, uptimeS, cpuCores } = health;
  const known: readonly (readonly [string, number | undefined, (value: number) => string])[] = [
    ['up', uptimeS, (value) => milliseconds(value * 1000)],
    ['heap', health.heapUsedBytes, size],
    ['rss', health.residentBytes, size],
    ['event loop delay p99', health.eventLoopDelayP99Ms, milliseconds],
    ['event loop delay max', health.eventLoopDelayMaxMs, milliseconds],
    ['event loop busy', health.eventLoopUtilization, percent],
    ['garbage collection', health.gcShare, percent],
    ['CPU', cpuCores, (value) => `${rounded(value)} cores`],
  ];
  const side = measuredAfterMs < 0 ? 'before' : 'after';
  return [
    ...known.flatMap(([name, value, unit]) => (value === undefined ? [] : [[name, unit(value)] as const])),
    ['measured', `${milliseconds(Math.abs(measuredAfterMs))} ${side} its end`],
  ];
}
