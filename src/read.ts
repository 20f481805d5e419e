/**
 * The door `@agentlog/otel/read`: traces from files as values, for tools and agents.
 *
 * @example
 * const source = await openSource('.agentlog');
 * const { trace } = await source.trace('4bf92f3577b34da6a3ce929d0e0e4736');
 * for (const { severity, title, spanIds } of analyse(trace)) console.log(severity, title, spanIds);
 *
 * @example
 * const source = await openSource('.agentlog');
 * const bundle = await makeBundle(source, '4bf92f3577b34da6a3ce929d0e0e4736');
 * const markdown = await loadFormat('markdown');
 * process.stdout.write(markdown.render(bundle));
 */
export type { Analysis, Finding, History, Severity } from './analyses/analysis.ts';
export { analyse, analyses } from './analyses/index.ts';
export type { Advice } from './bundles/advice.ts';
export type { Baseline } from './bundles/baseline.ts';
export type { Bundle, BundleError, Omission, Outcome, ServiceFact, TreeRow } from './bundles/bundle.ts';
export type { Excerpt } from './bundles/excerpts.ts';
export type { Hypothesis } from './bundles/hypotheses/hypothesis.ts';
export { type BundleOptions, makeBundle } from './bundles/index.ts';
export type { LinkedTrace } from './bundles/linked-traces.ts';
export type { Occurrences } from './bundles/past.ts';
export type { ProcessFact } from './bundles/processes.ts';
export type { RelatedSystem, SystemKind } from './bundles/related-systems.ts';
export type { Reproduction } from './bundles/reproduction.ts';
export type { SafetyReport } from './bundles/safety.ts';
export { type Selected, selectTrace, type Wanted } from './bundles/select/index.ts';
export type { Reason, Selection } from './bundles/select/selection.ts';
export type { TypicalTrace } from './bundles/typical.ts';
export { AgentlogError, type ErrorCode } from './core/errors.ts';
export type { Attributes, AttributeValue, LogRecord, Span } from './core/span.ts';
export { buildTrace, type Trace } from './core/trace.ts';
export type { Audience, Format, RenderOptions } from './formats/format.ts';
export { formats, loadFormat, loadZip } from './formats/index.ts';
export { bundleSchema } from './formats/json-schema.ts';
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
  OnRecords,
  SearchAnswer,
  SpanFilter,
  TraceAnswer,
  TraceQuery,
  TraceSource,
  TraceSummary,
  Window,
} from './sources/source.ts';
