import { type Attributes, type Context, createContextKey, SpanKind, type Tracer } from '@opentelemetry/api';
import {
  GEN_AI_AGENT_NAME,
  GEN_AI_INPUT_MESSAGES,
  GEN_AI_REQUEST_STREAM,
  GEN_AI_RETRIEVAL_TOP_K,
  GEN_AI_TOOL_ARGUMENTS_HASH,
  GEN_AI_TOOL_CALL_ARGUMENTS,
  GEN_AI_TOOL_CALL_ID,
  GEN_AI_TOOL_CALL_RESULT,
  GEN_AI_TOOL_DEFINITIONS,
  GEN_AI_TOOL_NAME,
} from '../../src/core/attributes.ts';
import { argumentsHash } from '../../src/core/genai/arguments-hash.ts';
import { type GenAiCall, lease, startGenAiCall } from '../genai-call.ts';
import { withToolCall } from '../tool-call.ts';
import { readAddress, readAnswer, readFinish } from './answer.ts';
import { fieldOf, numberOf, textOf } from './fields.ts';
import { messagesOf } from './messages.ts';
import { modelAttributes, settingAttributes } from './request.ts';
import { followStream, streamOf } from './stream.ts';

/** One operation under way: what runs below it runs in `context`. */
export interface Operation {
  readonly context: Context;
  done(result: unknown): void;
  failed(error: unknown): void;
}

/** One step of a loop: the requests it took to get an answer. */
interface Step {
  requests: number;
  lastError: unknown;
}

const STEP: symbol = createContextKey('agentlog: the step of an AI SDK loop in progress');

/** Begins what an event of the channel announces; undefined for what makes no span. */
export function startOperation(
  tracer: Tracer,
  type: unknown,
  event: unknown,
  parent: Context,
): Operation | undefined {
  switch (type) {
    case 'generateText':
    case 'streamText':
      return agent(tracer, event, parent);
    case 'step':
      return step(parent);
    case 'languageModelCall':
      return modelCall(tracer, event, parent);
    case 'executeTool':
      return toolCall(tracer, event, parent);
    case 'embed':
    case 'embedMany':
      return request(
        startGenAiCall(tracer, { operation: 'embeddings', attributes: modelAttributes(event), parent }),
      );
    case 'rerank':
      return rerank(tracer, event, parent);
    default:
      return undefined;
  }
}

function agent(tracer: Tracer, event: unknown, parent: Context): Operation {
  const attributes: Attributes = modelAttributes(event);
  const name = textOf(event, 'functionId');
  if (name !== undefined) attributes[GEN_AI_AGENT_NAME] = name;
  const call = startGenAiCall(tracer, {
    operation: 'invoke_agent',
    name: name === undefined ? 'invoke_agent' : `invoke_agent ${name}`,
    kind: SpanKind.INTERNAL,
    attributes,
    parent,
  });
  return { context: call.context, done: () => call.end(), failed: (error) => call.fail(error) };
}

/** No span: a step is a call of the model and the tools it asked for, and those have spans. */
function step(parent: Context): Operation {
  const state: Step = { requests: 0, lastError: undefined };
  return { context: parent.setValue(STEP, state), done: () => {}, failed: () => {} };
}

function modelCall(tracer: Tracer, event: unknown, parent: Context): Operation {
  const attributes = { ...modelAttributes(event), ...settingAttributes(event) };
  const call = startGenAiCall(tracer, { operation: 'chat', attributes, parent });
  countRequest(call, parent.getValue(STEP) as Step | undefined);
  if (fieldOf(event, 'recordInputs') !== false) {
    call.content('prompts', GEN_AI_INPUT_MESSAGES, () => messagesOf(fieldOf(event, 'messages')));
    call.content('tools', GEN_AI_TOOL_DEFINITIONS, () => fieldOf(event, 'tools'));
  }
  const recordOutputs = fieldOf(event, 'recordOutputs') !== false;
  return {
    context: call.context,
    done(result) {
      readAddress(call, result);
      const stream = streamOf(result);
      if (stream === undefined) {
        readAnswer(call, result, recordOutputs);
        call.end();
        return;
      }
      call.span.setAttribute(GEN_AI_REQUEST_STREAM, true);
      call.responded();
      followStream(stream, lease(call), recordOutputs);
    },
    failed(error) {
      const state = parent.getValue(STEP) as Step | undefined;
      if (state !== undefined) state.lastError = error;
      call.fail(error);
    },
  };
}

/** The SDK asks again after a failure: each request is a span, and from the second on it says which it is. */
function countRequest(call: GenAiCall, state: Step | undefined): void {
  if (state === undefined) return;
  call.attempts = state.requests++;
  const { lastError } = state;
  if (lastError !== undefined) {
    call.attemptFailed({
      statusCode: numberOf(lastError, 'statusCode'),
      errorType: numberOf(lastError, 'statusCode')?.toString() ?? textOf(lastError, 'name'),
    });
  }
  call.attempt();
}

function toolCall(tracer: Tracer, event: unknown, parent: Context): Operation {
  const tool = fieldOf(event, 'toolCall');
  const name = textOf(tool, 'toolName') ?? '';
  const attributes: Attributes = { [GEN_AI_TOOL_NAME]: name };
  const id = textOf(tool, 'toolCallId');
  if (id !== undefined) attributes[GEN_AI_TOOL_CALL_ID] = id;
  const hash = argumentsHash(fieldOf(tool, 'input') ?? {});
  if (hash !== undefined) attributes[GEN_AI_TOOL_ARGUMENTS_HASH] = hash;
  const call = startGenAiCall(tracer, {
    operation: 'execute_tool',
    name: `execute_tool ${name}`,
    kind: SpanKind.INTERNAL,
    attributes,
    parent,
  });
  if (fieldOf(event, 'recordInputs') !== false) {
    call.content('tools', GEN_AI_TOOL_CALL_ARGUMENTS, () => fieldOf(tool, 'input'));
  }
  return {
    context: withToolCall(call.context, name, call.span),
    done(result) {
      const output = fieldOf(result, 'output');
      // What a tool throws is an answer for the model, not an error of the SDK.
      if (fieldOf(output, 'type') === 'tool-error') return call.fail(fieldOf(output, 'error'));
      if (fieldOf(event, 'recordOutputs') !== false) {
        call.content('tools', GEN_AI_TOOL_CALL_RESULT, () => fieldOf(output, 'output'));
      }
      call.end();
    },
    failed: (error) => call.fail(error),
  };
}

function rerank(tracer: Tracer, event: unknown, parent: Context): Operation {
  const attributes = modelAttributes(event);
  const topK = numberOf(event, 'topN');
  if (topK !== undefined) attributes[GEN_AI_RETRIEVAL_TOP_K] = topK;
  return request(startGenAiCall(tracer, { operation: 'retrieval', attributes, parent }));
}

function request(call: GenAiCall): Operation {
  return {
    context: call.context,
    done(result) {
      readAddress(call, result);
      readFinish(call, result);
      call.end();
    },
    failed: (error) => call.fail(error),
  };
}
