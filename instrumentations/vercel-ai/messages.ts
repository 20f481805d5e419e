import { createHash } from 'node:crypto';
import { contentPolicy } from '../../src/core/genai/content-policy.ts';
import { type Message, type Part, toolCall } from '../genai-messages.ts';
import { fieldOf, isFields, textOf } from './fields.ts';

/** Messages of the SDK as the conventions write them. */
export function messagesOf(messages: unknown): Message[] {
  if (!Array.isArray(messages)) return [];
  return messages.map((message) => ({
    role: textOf(message, 'role') ?? '',
    parts: partsOf(fieldOf(message, 'content')),
  }));
}

export function partsOf(content: unknown): Part[] {
  if (typeof content === 'string') return [{ type: 'text', content }];
  return Array.isArray(content) ? content.map(partOf) : [];
}

function partOf(part: unknown): Part {
  if (!isFields(part)) return { type: 'unknown' };
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return { type: part.type, content: part.text };
    case 'tool-call':
      return toolCall(part.toolCallId, part.toolName, part.input);
    case 'tool-result': {
      const response = fieldOf(part.output, 'value') ?? part.output;
      return { type: 'tool_call_response', id: part.toolCallId, ...(contentPolicy().tools && { response }) };
    }
    default:
      return blob(part);
  }
}

/** Images and files as what they are, how large, and which. */
function blob(part: Readonly<Record<string, unknown>>): Part {
  const data = part.data ?? part.image;
  const mime = typeof part.mediaType === 'string' ? { mime_type: part.mediaType } : {};
  if (typeof data !== 'string' && !(data instanceof Uint8Array)) return { type: String(part.type), ...mime };
  const bytes = typeof data === 'string' ? Buffer.from(data, 'base64') : data;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { type: 'blob', ...mime, size: bytes.byteLength, sha256 };
}
