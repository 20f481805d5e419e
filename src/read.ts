/**
 * The door `@agentlog/otel/read`: traces from files as values, for tools and agents.
 *
 * @example
 * const source = await openSource('.agentlog');
 * const bundle = await makeBundle(source, '4bf92f3577b34da6a3ce929d0e0e4736');
 * const markdown = await loadFormat('markdown');
 * process.stdout.write(markdown.render(bundle));
 */
export type { Analysis, Finding, History, Severity } from './analyses/analysis.ts';
export { analyse, analyses } from './analyses/index.ts';
export type { Bundle, BundleError, Omission, Outcome, ServiceFact, TreeRow } from './bundles/bundle.ts';
export { makeBundle } from './bundles/index.ts';
export { AgentlogError, type ErrorCode } from './core/errors.ts';
export type { Attributes, AttributeValue, LogRecord, Span } from './core/span.ts';
export { buildTrace, type Trace } from './core/trace.ts';
export type { Format } from './formats/format.ts';
export { formats, loadFormat } from './formats/index.ts';
export { openSource } from './sources/index.ts';
export { MemorySource } from './sources/memory.ts';
export type {
  Accuracy,
  AggregateAnswer,
  AggregateQuery,
  AggregateRow,
  AttributeCondition,
  Capabilities,
  Coverage,
  Dimension,
  LogAnswer,
  LogQuery,
  Measure,
  SearchAnswer,
  SpanFilter,
  TraceAnswer,
  TraceQuery,
  TraceSource,
  TraceSummary,
} from './sources/source.ts';
