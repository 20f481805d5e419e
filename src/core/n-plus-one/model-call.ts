import {
  GEN_AI_OPERATION_NAME,
  GEN_AI_TOOL_ARGUMENTS_HASH,
  GEN_AI_TOOL_CALL_ARGUMENTS,
  GEN_AI_TOOL_NAME,
} from '../attributes.ts';
import { signatureOf } from '../sql/word-hash.ts';
import { type Call, type CallAttributes, stringOf } from './call.ts';

/** Tools named like this only look. */
const LOOKS =
  /(?:^|[^a-z])(?:get|list|read|search|find|fetch|query|lookup|look|describe|view|show|grep|glob|ls|cat|count|check|retrieve|load|open|browse|stat|head|tail|inspect)(?:$|[^a-z]|(?=[A-Z]))/;
const MODEL_OPERATIONS = new Set(['chat', 'generate_content', 'text_completion', 'embeddings']);

/** A tool call of an agent, or a call of a model; undefined for the agent itself. */
export function describeModelCall(attributes: CallAttributes): Call | undefined {
  const operation = stringOf(attributes, GEN_AI_OPERATION_NAME) ?? '';
  if (MODEL_OPERATIONS.has(operation)) return MODEL_CALL;
  const tool = stringOf(attributes, GEN_AI_TOOL_NAME);
  if (operation !== 'execute_tool' || tool === undefined) return undefined;
  const values =
    stringOf(attributes, GEN_AI_TOOL_ARGUMENTS_HASH) ?? argumentsOf(attributes[GEN_AI_TOOL_CALL_ARGUMENTS]);
  return {
    family: 'tool',
    signature: signatureOf(`${tool}\n${values ?? ''}`),
    summary: tool,
    namespace: '',
    writes: !LOOKS.test(tool),
    counted: false,
    // Without the arguments nobody can tell a repeat from the next step.
    repeatable: values !== undefined,
    identity: values,
    text: undefined,
    sql: undefined,
  };
}

const MODEL_CALL: Call = {
  family: 'model',
  signature: '',
  summary: '',
  namespace: '',
  writes: false,
  counted: false,
  repeatable: false,
  identity: undefined,
  text: undefined,
  sql: undefined,
};

function argumentsOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
