import { isMap } from './rule.ts';

/** What stands for arguments and results of tools where only the words around them may be recorded. */
const OMITTED = '[tools off]';

const TOOL_TYPE = /tool|function|mcp_|computer|code_interpreter/i;
/** Fields of a part, call or message of a tool that hold what went in or came out. */
const FIELDS = new Set([
  'arguments',
  'args',
  'input',
  'inputs',
  'output',
  'outputs',
  'result',
  'response',
  'content',
  'parameters',
  'kwargs',
  'text',
  'parts',
  'artifact',
]);
/** What holds calls of tools in the clients' own shapes. */
const HOLDERS = new Set([
  'tool_calls',
  'toolCalls',
  'function_call',
  'functionCall',
  'functionResponse',
  'function_response',
  'tool_call',
  'toolCall',
  'toolUse',
  'toolResult',
  'tool_use',
  'tool_result',
  'invalid_tool_calls',
  'tool_call_chunks',
]);
const TOOL_LISTS = new Set(['tools', 'functions', 'toolConfig', 'tool_definitions']);

/** Messages without the arguments and results of tools in them, in every client's shape; names and ids stay. */
export function withoutToolContent(value: unknown, inTool = false, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 32) return OMITTED;
  if (Array.isArray(value)) return value.map((item) => withoutToolContent(item, inTool, depth + 1));
  if (!isMap(value)) return OMITTED;
  const isTool = inTool || isToolPart(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (TOOL_LISTS.has(key) && typeof inner === 'object') return [key, OMITTED];
      if (isTool && FIELDS.has(key)) return [key, OMITTED];
      return [key, withoutToolContent(inner, isTool || HOLDERS.has(key), depth + 1)];
    }),
  );
}

function isToolPart({ type, role }: Readonly<Record<string, unknown>>): boolean {
  if (role === 'tool' || role === 'function') return true;
  return typeof type === 'string' && TOOL_TYPE.test(type);
}
