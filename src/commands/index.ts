import type { CommandEntry } from './command.ts';

/** Every command in the order of `--help`; only the one that runs is loaded. A new one is a file here and an entry. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'bundle',
    summary: 'everything about one trace: what failed and where, the tree, logs, model calls',
    load: async () => (await import('./bundle/index.ts')).bundle,
  },
  {
    name: 'bundles',
    summary: 'the bundles that were written to files: list, show, rm',
    load: async () => (await import('./bundles/index.ts')).bundles,
  },
  {
    name: 'traces',
    summary: 'the newest traces, to find an id',
    load: async () => (await import('./traces/index.ts')).traces,
  },
  {
    name: 'trace',
    summary: 'one trace as a tree: durations, errors, repeated calls, the critical path',
    load: async () => (await import('./trace.ts')).trace,
  },
  {
    name: 'spans',
    summary: 'everything that was recorded of some spans of a trace',
    load: async () => (await import('./spans.ts')).spans,
  },
  {
    name: 'logs',
    summary: 'log records, newest first: of a trace, a service, a severity, with words',
    load: async () => (await import('./logs/index.ts')).logs,
  },
  {
    name: 'stats',
    summary: 'what is in the store: window, counts, size, what could not be read',
    load: async () => (await import('./stats.ts')).stats,
  },
  {
    name: 'compact',
    summary: 'make Parquet of closed files, for fast questions over millions of spans',
    load: async () => (await import('./compact.ts')).compact,
  },
  {
    name: 'prune',
    summary: 'remove old telemetry, by age and size',
    load: async () => (await import('./prune.ts')).prune,
  },
  {
    name: 'events',
    summary: 'failures, model calls, tools, queries, HTTP and logs as flat objects, one a line',
    load: async () => (await import('./events.ts')).events,
  },
  {
    name: 'tokens',
    summary: 'model calls, tokens and cost by model, service or session',
    load: async () => (await import('./tokens.ts')).tokens,
  },
  {
    name: 'tail',
    summary: 'what happens now: a line for each request, failure and log record',
    load: async () => (await import('./tail.ts')).tail,
  },
  {
    name: 'replay',
    summary: 'send what is on disk to any OTLP endpoint',
    load: async () => (await import('./replay/index.ts')).replay,
  },
  {
    name: 'import',
    summary: 'take OTLP files, or a bundle from another machine, into the store',
    load: async () => (await import('./import/index.ts')).importFiles,
  },
  {
    name: 'doctor',
    summary: 'whether recording here would work: destinations, hooks, settings and where they come from',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'redact',
    summary: 'what would be masked in a file or on standard input: place and rule, never the value',
    load: async () => (await import('./redact.ts')).redact,
  },
];
