import { type Attributes, SpanKind } from '@opentelemetry/api';
import {
  GEN_AI_TOOL_ARGUMENTS_HASH,
  GEN_AI_TOOL_CALL_ARGUMENTS,
  GEN_AI_TOOL_CALL_ID,
  GEN_AI_TOOL_CALL_RESULT,
  GEN_AI_TOOL_NAME,
} from '../../src/core/attributes.ts';
import { argumentsHash } from '../../src/core/genai/arguments-hash.ts';
import { aside } from '../aside.ts';
import { type GenAiCall, startGenAiCall } from '../genai-call.ts';
import { withToolCall } from '../tool-call.ts';
import { follow, nameOf, type Wrapping } from './wrapping.ts';

interface ToolCall {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly args?: unknown;
}

/** `StructuredTool.call`, which `invoke` and every kind of tool pass. */
export const toolCalling: Wrapping = (original, tracer) =>
  function call(this: unknown, ...args) {
    let tool: GenAiCall | undefined;
    const name = nameOf(this);
    aside(() => {
      const given = args[0] as ToolCall | undefined;
      const isCall = given?.type === 'tool_call';
      const input = isCall ? given.args : given;
      const { toolCall } = (args[1] ?? {}) as { toolCall?: ToolCall };
      const id = isCall ? given.id : toolCall?.id;
      const attributes: Attributes = { [GEN_AI_TOOL_NAME]: name };
      if (typeof id === 'string') attributes[GEN_AI_TOOL_CALL_ID] = id;
      const hash = argumentsHash(input ?? {});
      if (hash !== undefined) attributes[GEN_AI_TOOL_ARGUMENTS_HASH] = hash;
      tool = startGenAiCall(tracer(), {
        operation: 'execute_tool',
        name: `execute_tool ${name}`,
        kind: SpanKind.INTERNAL,
        attributes,
      });
      tool.content('tools', GEN_AI_TOOL_CALL_ARGUMENTS, () => input);
    });
    if (tool === undefined) return original.apply(this, args);
    const started = tool;
    const inCall = withToolCall(started.context, name, started.span);
    return follow(
      started,
      inCall,
      () => original.apply(this, args),
      (result) => {
        const { content = result, status } = (result ?? {}) as { content?: unknown; status?: unknown };
        if (status === 'error') started.completion.failure = 'tool_error';
        started.content('tools', GEN_AI_TOOL_CALL_RESULT, () => content);
      },
    );
  };
