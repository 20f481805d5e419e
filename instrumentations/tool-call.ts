import { type Context, createContextKey, type Span } from '@opentelemetry/api';

/** A tool call of a framework whose span is open. */
interface OuterToolCall {
  readonly name: string;
  readonly span: Span;
  isTaken: boolean;
}

const TOOL_CALL: symbol = createContextKey('agentlog: the tool call in progress');

/** For what runs below a framework's span of a tool call. */
export function withToolCall(context: Context, name: string, span: Span): Context {
  const call: OuterToolCall = { name, span, isTaken: false };
  return context.setValue(TOOL_CALL, call);
}

/**
 * The span of the framework's call of this very tool, the first time it is asked for: then a client that carries
 * the call out adds its facts there instead of a second span (MCP conventions, August 2026).
 */
export function takeToolCall(context: Context, name: unknown): Span | undefined {
  const call = context.getValue(TOOL_CALL) as OuterToolCall | undefined;
  if (call === undefined || call.isTaken || call.name !== name) return undefined;
  call.isTaken = true;
  return call.span;
}
