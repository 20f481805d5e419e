import { type Message, messageOf } from '../genai-messages.ts';

interface ChainMessage {
  getType?(): unknown;
  _getType?(): unknown;
  readonly content?: unknown;
  readonly tool_call_id?: unknown;
  readonly tool_calls?: readonly { id?: unknown; name?: unknown; args?: unknown }[];
}

const ROLES: Readonly<Record<string, string>> = { human: 'user', ai: 'assistant' };

/** Messages of LangChain, texts, prompts or lists of lists of them, as the conventions write them. */
export function messagesOf(input: unknown): Message[] {
  if (Array.isArray(input)) return input.flatMap(messagesOf);
  if (input === undefined || input === null) return [];
  const prompt = input as { toChatMessages?: () => unknown };
  if (typeof prompt.toChatMessages === 'function') return messagesOf(prompt.toChatMessages());
  return [one(input)];
}

function one(input: unknown): Message {
  const message = input as ChainMessage;
  const type = message.getType?.() ?? message._getType?.();
  if (typeof type !== 'string') return messageOf(input, 'user');
  const role = ROLES[type] ?? type;
  const { content, tool_call_id, tool_calls = [] } = message;
  return messageOf(
    {
      role,
      content,
      ...(tool_call_id !== undefined && { tool_call_id }),
      tool_calls: tool_calls.map(({ id, name, args }) => ({ id, function: { name, arguments: args } })),
    },
    role,
  );
}
