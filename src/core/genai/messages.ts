import { isMap, type Json, text } from './rule.ts';

/** A message of the conventions: who spoke, and parts. */
export interface Message {
  readonly role: string;
  readonly parts: readonly Json[];
  readonly finish_reason?: string;
}

/** How deep messages may lie in what a library recorded. */
const MAX_DEPTH = 6;
const ROLES: Readonly<Record<string, string>> = { human: 'user', ai: 'assistant', model: 'assistant' };
/** Where libraries keep a list of messages, or a text, in what they record. */
const HOLDERS = [
  'messages',
  'message',
  'choices',
  'candidates',
  'generations',
  'prompt',
  'contents',
  'input',
  'output',
  'completion',
  'content',
];

/** Messages in any client's or library's shape, in that of the conventions; what has no shape is one message's text. */
export function toMessages(value: unknown, role: 'user' | 'assistant', depth = 0): Message[] {
  if (value === undefined || value === null || value === '') return [];
  if (typeof value === 'string') return [{ role, parts: [textPart(value)] }];
  if (depth > MAX_DEPTH) return [{ role, parts: [textPart(JSON.stringify(value))] }];
  if (Array.isArray(value)) return value.flatMap((each) => toMessages(each, role, depth + 1));
  if (!isMap(value)) return [{ role, parts: [textPart(String(value))] }];
  if (isMessage(value)) return [toMessage(value, role)];
  const held = HOLDERS.find((name) => value[name] !== undefined);
  if (held === undefined) return [{ role, parts: [textPart(JSON.stringify(value))] }];
  const system = text(value.system);
  const finishReason = text(value.finish_reason) ?? text(value.finishReason);
  const messages = toMessages(value[held], role, depth + 1).map((message) =>
    finishReason === undefined ? message : { finish_reason: finishReason, ...message },
  );
  return system === undefined ? messages : [{ role: 'system', parts: [textPart(system)] }, ...messages];
}

export function textPart(content: string): Json {
  return { type: 'text', content };
}

function isMessage(value: Json): boolean {
  return (
    typeof value.role === 'string' ||
    (value.content !== undefined && !isMap(value.content) && value.choices === undefined) ||
    value.parts !== undefined ||
    (isMap(value.kwargs) && value.kwargs.content !== undefined)
  );
}

function toMessage(given: Json, otherwise: string): Message {
  // LangChain's serialised messages say who spoke in their class.
  const message = isMap(given.kwargs) ? given.kwargs : given;
  const kind = Array.isArray(given.id)
    ? String(given.id.at(-1)).replace(/Message(?:Chunk)?$/, '')
    : undefined;
  const named = (text(message.role) ?? text(message.type) ?? kind ?? otherwise).toLowerCase();
  const role = ROLES[named] ?? named;
  const calls = [message.tool_calls, message.toolCalls].find(Array.isArray) ?? [];
  const finishReason = text(message.finish_reason) ?? text(message.finishReason);
  return {
    role,
    parts: [
      ...partsOf(message.content ?? message.contents ?? message.parts, role, message),
      ...calls.map(callPart),
    ],
    ...(finishReason !== undefined && { finish_reason: finishReason }),
  };
}

function partsOf(content: unknown, role: string, message: Json): Json[] {
  if (content === undefined || content === null || content === '') return [];
  const id = message.tool_call_id;
  if (role === 'tool' && id !== undefined) return [{ type: 'tool_call_response', id, response: content }];
  if (typeof content === 'string') return [textPart(content)];
  return (Array.isArray(content) ? content : [content]).map(part);
}

function part(given: unknown): Json {
  if (typeof given === 'string') return textPart(given);
  if (!isMap(given)) return textPart(JSON.stringify(given) ?? '');
  const type = text(given.type)?.replaceAll('-', '_') ?? '';
  if (given.functionCall !== undefined || /^(?:tool_call|tool_use|function_call)$/.test(type))
    return callPart(given);
  if (/^(?:tool_result|tool_call_response|function_call_output)$/.test(type)) {
    const id = given.id ?? given.tool_use_id ?? given.toolCallId ?? given.call_id;
    return {
      type: 'tool_call_response',
      id,
      response: given.response ?? given.content ?? given.output ?? given.result,
    };
  }
  const said = text(given.text) ?? text(given.content);
  if (said === undefined || (type !== '' && !/text$/.test(type) && type !== 'reasoning')) return given;
  return type === 'reasoning' ? { type, content: said } : textPart(said);
}

function callPart(given: unknown): Json {
  if (!isMap(given)) return { type: 'tool_call' };
  const called = [given.function, given.functionCall, given.tool_call].find(isMap) ?? given;
  const named = isMap(called.function) ? called.function : called;
  return {
    type: 'tool_call',
    id: given.id ?? given.toolCallId ?? given.call_id ?? called.id,
    name: named.name ?? given.toolName ?? given.name,
    arguments: decoded(named.arguments ?? named.args ?? named.input ?? given.args ?? given.input),
  };
}

function decoded(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
