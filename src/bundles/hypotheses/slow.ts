import type { Finding } from '../../analyses/analysis.ts';
import { SERVICE_NAME } from '../../core/attributes.ts';
import type { Hypothesis, MakeHypothesis } from './hypothesis.ts';
import type { Known } from './known.ts';

/** A hold of the event loop of this part of a span's own time is what took it. */
const HELD = 0.6;
/** So busy a loop did nothing else. */
const BUSY = 0.9;
/** Below this part the loop was free, and the span waited. */
const FREE = 0.2;

/** A span that only waits for a connection: `pg-pool.connect`, `pool.getConnection`, `acquire connection`. */
const POOL = /pool.{0,20}(?:connect|acquire|check ?out)|(?:acquire|check ?out|get)[ ._-]?connection/i;

/** What makes something slow that was quick before. */
const CHANGED = {
  call: 'look at what changed on the called side.',
  statement:
    'another transaction held a lock on its rows or its table (a migration, a transaction left open), its plan or its data changed, or the server was busy. What waited for whom at that time, the database tells (pg_locks, pg_stat_activity; SHOW ENGINE INNODB STATUS).',
};

/** What a slow span speaks for: its statement, the called side, or what its own process did meanwhile. */
export function slowHypotheses(finding: Finding, known: Known, make: MakeHypothesis): Hypothesis[] {
  const { severity, facts } = finding;
  const refutedBy =
    'Other requests of the same time show the same span as quick as ever: then it was this request’s data, or chance.';
  const confidence = severity === 'problem' ? 'high' : 'medium';
  const isUsual = facts.usualMs !== undefined;
  if (POOL.test(String(facts.span))) {
    const { concurrentCount } = known.baseline ?? {};
    return make(
      'pool-wait',
      'high',
      'It waited until a connection of the pool came free: all were taken. Either many requests ask at once (each for the same, when a cache ran out: let one fetch it and the others wait for that), or connections are held too long, or the pool is too small.',
      'Fewer connections than the pool’s size were in use at that time: then opening one is what was slow.',
      concurrentCount === undefined ? {} : { concurrentCount },
    );
  }
  if (isUsual && (facts.statement ?? facts.call) !== undefined)
    return make(
      'slower-than-usual',
      confidence,
      `This span took far longer than spans of its kind did in the day before: ${CHANGED[facts.statement === undefined ? 'call' : 'statement']}`,
      refutedBy,
    );
  if (facts.statement !== undefined)
    return make(
      'slow-by-itself',
      confidence,
      'Most of the time passed in this one statement: no index fits it, it waited for a lock, or it reads and sorts more rows than are needed (EXPLAIN ANALYZE tells).',
      refutedBy,
    );
  if (facts.call !== undefined)
    return make(
      'slow-by-itself',
      confidence,
      'Most of the time passed in this one call: the called side, or the way to it, was slow.',
      refutedBy,
    );
  return ownWork(finding, known, make, refutedBy);
}

/** A span that was slow without calling anybody: by what its process did meanwhile. */
function ownWork(finding: Finding, known: Known, make: MakeHypothesis, refutedBy: string): Hypothesis[] {
  const { severity, facts } = finding;
  const health = healthOf(finding, known);
  const heldMs = health?.eventLoopDelayMaxMs;
  const busy = health?.eventLoopUtilization ?? 0;
  const ownMs = Number(facts.ownMs ?? facts.tookMs ?? 0);
  const grown =
    facts.usualMs === undefined
      ? ''
      : ' It was quicker in the day before: what it works on may have grown (a list or a cache that is never emptied).';
  if (busy >= BUSY || (heldMs !== undefined && heldMs >= HELD * ownMs))
    return make(
      'blocked-event-loop',
      'high',
      `Code of this process held the event loop for about as long as this span took: synchronous work (hashing, parsing, a regular expression, a loop over much data). All requests of the process waited for it.${grown}`,
      'A profile of the process shows it idle at that time.',
      {
        ...(heldMs !== undefined && { longestHoldMs: heldMs }),
        ...(busy > 0 && { eventLoopBusyPercent: Math.round(busy * 100) }),
        ...(health?.heapUsedBytes !== undefined && { heapBytes: health.heapUsedBytes }),
      },
    );
  const nature =
    heldMs !== undefined && heldMs <= FREE * ownMs
      ? 'the event loop was free meanwhile, so it waited for something that nobody records (a timer, a worker, a file, a lock, a queue)'
      : 'work of its own code that holds the event loop, or a wait for something that nobody records';
  return make(
    facts.usualMs === undefined ? 'slow-by-itself' : 'slower-than-usual',
    severity === 'problem' ? 'high' : 'medium',
    `Most of the time passed inside this one span, not in anything below it: ${nature}.${grown}`,
    refutedBy,
  );
}

/** What was measured around the trace in the span's process. */
function healthOf({ spanIds }: Finding, { trace, processes }: Known): Known['processes'][number]['health'] {
  const resource = trace.byId.get(spanIds[0] ?? '')?.resource.attributes;
  return processes.find(
    ({ pid, service }) => pid === resource?.['process.pid'] && service === (resource?.[SERVICE_NAME] ?? ''),
  )?.health;
}
