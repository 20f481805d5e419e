import {
  ERROR_TYPE,
  GEN_AI_OPERATION_NAME,
  GEN_AI_TOOL_ARGUMENTS_HASH,
  GEN_AI_TOOL_CALL_ARGUMENTS,
  GEN_AI_TOOL_CALL_RESULT,
  GEN_AI_TOOL_NAME,
} from '../../core/attributes.ts';
import { type AttributeValue, durationMs, type Span, STATUS_CODE } from '../../core/span.ts';
import type { Trace } from '../../core/trace.ts';

/** One call of a tool by an agent. Strings are text from telemetry. */
export interface ToolCall {
  readonly spanId: string;
  readonly name: string;
  readonly durationMs: number;
  /** 16 hex digits, equal for the same arguments of calls of one process. */
  readonly argumentsHash?: string;
  /** Where content was recorded. */
  readonly arguments?: string;
  readonly result?: string;
  readonly errorType?: string;
  readonly isError: boolean;
}

/**
 * The tool calls of a trace in order of start. A call that carries another one out (the client's below a
 * framework's, the server's below the client's) is not counted again. Linear; never throws.
 */
export function toolCallsOf(trace: Trace): ToolCall[] {
  const spans = trace.spans.filter(isToolCall);
  const ids = new Set(spans.map((span) => span.spanId));
  const inner = new Map<string, boolean>();
  const isInner = (span: Span): boolean => {
    const passed: string[] = [];
    let answer = false;
    const seen = new Set<string>();
    for (
      let id = span.parentSpanId;
      id !== undefined && !seen.has(id);
      id = trace.byId.get(id)?.parentSpanId
    ) {
      seen.add(id);
      const known = inner.get(id);
      if (ids.has(id) || known === true) answer = true;
      if (answer || known !== undefined) break;
      passed.push(id);
    }
    for (const id of passed) inner.set(id, answer);
    return answer;
  };
  return spans.filter((span) => !isInner(span)).map(read);
}

/** One span as a tool call, without a look at what is around it; undefined for any other span. */
export function toolCallOf(span: Span): ToolCall | undefined {
  return isToolCall(span) ? read(span) : undefined;
}

function isToolCall({ attributes }: Span): boolean {
  return (
    attributes[GEN_AI_OPERATION_NAME] === 'execute_tool' && typeof attributes[GEN_AI_TOOL_NAME] === 'string'
  );
}

function read(span: Span): ToolCall {
  const { attributes } = span;
  return {
    spanId: span.spanId,
    name: String(attributes[GEN_AI_TOOL_NAME]),
    durationMs: durationMs(span),
    ...text('argumentsHash', attributes[GEN_AI_TOOL_ARGUMENTS_HASH]),
    ...text('arguments', attributes[GEN_AI_TOOL_CALL_ARGUMENTS]),
    ...text('result', attributes[GEN_AI_TOOL_CALL_RESULT]),
    ...text('errorType', attributes[ERROR_TYPE]),
    isError: span.status.code === STATUS_CODE.error,
  };
}

function text(name: string, value: AttributeValue | undefined): Record<string, string> {
  if (value === undefined || value === null || value === '') return {};
  return { [name]: typeof value === 'string' ? value : (JSON.stringify(value) ?? '') };
}
