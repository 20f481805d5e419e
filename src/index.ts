/** The door `@agentlog/otel`: recording inside an app. */
export {
  type GivenOptions,
  OPTIONS,
  type OptionRow,
  type Options,
  type RedactionOptions,
} from './core/options.ts';
export { createRedactor, type Redactor, type RedactorOptions } from './core/redaction/index.ts';
export type { StartOptions } from './sdk/parts.ts';
export { preset } from './sdk/preset.ts';
export { type Handle, start } from './sdk/start.ts';
export {
  type LlmAnswer,
  type LlmCallOptions,
  traceAgent,
  traceLlm,
  traceTool,
} from './sdk/trace-functions.ts';
