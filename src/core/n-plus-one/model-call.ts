import {
  GEN_AI_OPERATION_NAME,
  GEN_AI_TOOL_ARGUMENTS_HASH,
  GEN_AI_TOOL_CALL_ARGUMENTS,
  GEN_AI_TOOL_NAME,
} from '../attributes.ts';
import { signatureOf } from '../sql/word-hash.ts';
import { type Call, type CallAttributes, stringOf } from './call.ts';

/** Tools with such a word in their name look, if they have none that does something. */
const LOOKS = wordIn(
  'get|list|read|search|find|fetch|query|lookup|look|describe|view|show|grep|glob|ls|cat|count|check|retrieve|load',
  'open|browse|stat|head|tail|inspect|track|locate|resolve|calculate|compute|convert|compare|verify|validate',
  'analy[sz]e|summari[sz]e|translate|recall|preview|estimate|forecast',
);
const DOES = wordIn(
  'create|add|insert|update|upsert|edit|write|set|put|delete|remove|drop|send|post|submit|pay|book|buy|cancel|move',
  'rename|replace|save|store|upload|publish|start|stop|run|exec|execute|apply|patch|merge|commit|push|reset|clear',
);

function wordIn(...words: string[]): RegExp {
  return new RegExp(`(?:^|[^a-z])(?:${words.join('|')})(?:$|[^a-z]|(?=[A-Z]))`);
}

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
    writes: DOES.test(tool) || !LOOKS.test(tool),
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
