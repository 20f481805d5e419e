import { createHash } from 'node:crypto';
import { contentPolicy } from '../src/core/genai/content-policy.ts';

/** A message as the conventions write it. https://github.com/open-telemetry/semantic-conventions-genai */
export interface Message {
  readonly role: string;
  readonly parts: Part[];
  readonly finish_reason?: string;
}

export type Part = { readonly type: string } & Record<string, unknown>;

type Json = Record<string, unknown>;

/** Messages of any provider: a text, one message, one part, or a list of them. Only asked where content is on. */
export function messagesOf(input: unknown, role = 'user'): Message[] {
  const items = Array.isArray(input) ? input : [input];
  const messages: Message[] = [];
  for (const item of items) {
    const message = messageOf(item, role);
    const last = messages.at(-1);
    // Parts without a role of their own belong together.
    if (last !== undefined && !hasRole(item) && last.role === message.role) last.parts.push(...message.parts);
    else messages.push(message);
  }
  return messages;
}

/** One message, with why the model stopped if it is an answer. */
export function messageOf(value: unknown, role: string, finishReason?: string): Message {
  const { content, parts, tool_calls, tool_call_id, reasoning_content } = isJson(value) ? value : {};
  const own = hasRole(value) && isJson(value) ? String(value.role) : role;
  const found: Part[] = [];
  if (typeof reasoning_content === 'string') found.push({ type: 'reasoning', content: reasoning_content });
  if (typeof tool_call_id === 'string') found.push(toolResult(tool_call_id, content));
  else if (hasRole(value)) found.push(...partsOf(content ?? parts));
  else found.push(...partsOf(value));
  found.push(...(Array.isArray(tool_calls) ? tool_calls : []).map(partOf));
  return { role: own, parts: found, ...(finishReason !== undefined && { finish_reason: finishReason }) };
}

export function partsOf(content: unknown): Part[] {
  if (content === undefined || content === null || content === '') return [];
  if (isJson(content) && Array.isArray(content.parts)) return content.parts.map(partOf);
  return (Array.isArray(content) ? content : [content]).map(partOf);
}

/** A tool call; its arguments only where tools are on. */
export function toolCall(id: unknown, name: unknown, args: unknown): Part {
  return {
    type: 'tool_call',
    ...(typeof id === 'string' && { id }),
    name: String(name),
    ...(contentPolicy().tools && { arguments: parsed(args) }),
  };
}

function toolResult(id: unknown, response: unknown): Part {
  return { type: 'tool_call_response', id: String(id), ...(contentPolicy().tools && { response }) };
}

function partOf(value: unknown): Part {
  if (typeof value === 'string') return { type: 'text', content: value };
  if (!isJson(value)) return { type: 'unknown' };
  const { type } = value;
  if (type === 'thinking' || typeof value.thinking === 'string') {
    return { type: 'reasoning', content: value.thinking };
  }
  if (type === 'tool_result') return toolResult(value.tool_use_id, value.content);
  if (type === 'function_call_output') return toolResult(value.call_id, value.output);
  if (type === 'function_call') return toolCall(value.call_id, value.name, value.arguments);
  if (type === 'tool_use' || type === 'server_tool_use') return toolCall(value.id, value.name, value.input);
  if (isJson(value.function)) return toolCall(value.id, value.function.name, value.function.arguments);
  if (isJson(value.functionCall)) {
    return toolCall(value.functionCall.id, value.functionCall.name, value.functionCall.args);
  }
  if (isJson(value.functionResponse)) {
    return toolResult(
      value.functionResponse.id ?? value.functionResponse.name,
      value.functionResponse.response,
    );
  }
  if (typeof value.text === 'string') {
    return { type: value.thought === true ? 'reasoning' : 'text', content: value.text };
  }
  if (typeof value.refusal === 'string') return { type: 'text', content: value.refusal };
  return media(value) ?? { type: typeof type === 'string' ? type : 'unknown' };
}

/** Pictures, sounds, files: by address, or by size and hash. */
function media(value: Json): Part | undefined {
  const image = isJson(value.image_url) ? value.image_url.url : value.image_url;
  const source = [value.source, value.inlineData, value.fileData, value.input_audio, value.file].find(isJson);
  const data = source?.data ?? source?.file_data ?? value.file_data;
  const uri = image ?? source?.url ?? source?.fileUri ?? value.file_url;
  const mime = source?.media_type ?? source?.mimeType ?? source?.format;
  if (typeof data === 'string') return blob(mime, data);
  if (typeof uri !== 'string') return undefined;
  const embedded = /^data:([^;,]*)[^,]*,/.exec(uri.slice(0, 200));
  if (embedded !== null) return blob(embedded[1], uri.slice(embedded[0].length));
  return { type: 'uri', uri, ...(typeof mime === 'string' && { mime_type: mime }) };
}

function blob(mime: unknown, base64: string): Part {
  return {
    type: 'blob',
    ...(typeof mime === 'string' && { mime_type: mime }),
    size: Math.floor((base64.length * 3) / 4),
    sha256: createHash('sha256').update(base64, 'base64').digest('hex'),
  };
}

function parsed(args: unknown): unknown {
  if (typeof args !== 'string' || args.length > 65_536) return args;
  try {
    return JSON.parse(args);
  } catch {
    return args;
  }
}

function hasRole(value: unknown): boolean {
  return isJson(value) && typeof value.role === 'string';
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
