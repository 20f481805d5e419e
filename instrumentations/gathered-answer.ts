import { type Message, type Part, toolCall } from './genai-messages.ts';

/** What is past this is not gathered: the attribute is cut to less. */
const LONGEST_TEXT = 65_536;
const MOST_CHOICES = 16;

interface Choice {
  role: string;
  text: string;
  reasoning: string;
  finishReason: string | undefined;
  readonly tools: Map<number, { id?: string; name: string; args: string }>;
}

/** The answer of a stream, put together from its chunks, for the case that its text is to be recorded. */
export class GatheredAnswer {
  readonly #choices = new Map<number, Choice>();

  text(index: number, piece: unknown): void {
    if (typeof piece !== 'string') return;
    const choice = this.#at(index);
    if (choice !== undefined && choice.text.length < LONGEST_TEXT) choice.text += piece;
  }

  reasoning(index: number, piece: unknown): void {
    if (typeof piece !== 'string') return;
    const choice = this.#at(index);
    if (choice !== undefined && choice.reasoning.length < LONGEST_TEXT) choice.reasoning += piece;
  }

  /** `slot` tells the calls of one choice apart; id and name come with its first piece. */
  tool(
    index: number,
    slot: number,
    { id, name, args }: { id?: unknown; name?: unknown; args?: unknown },
  ): void {
    const choice = this.#at(index);
    if (choice === undefined || (choice.tools.size >= 128 && !choice.tools.has(slot))) return;
    const tool = choice.tools.get(slot) ?? { name: '', args: '' };
    choice.tools.set(slot, tool);
    if (typeof id === 'string') tool.id = id;
    if (typeof name === 'string') tool.name = name;
    if (typeof args === 'string' && tool.args.length < LONGEST_TEXT) tool.args += args;
  }

  finish(index: number, reason: unknown): void {
    const choice = this.#at(index);
    if (choice !== undefined && typeof reason === 'string') choice.finishReason = reason;
  }

  messages(): Message[] | undefined {
    if (this.#choices.size === 0) return undefined;
    return [...this.#choices.values()].map(({ role, text, reasoning, tools, finishReason }) => {
      const parts: Part[] = [];
      if (reasoning !== '') parts.push({ type: 'reasoning', content: reasoning });
      if (text !== '') parts.push({ type: 'text', content: text });
      for (const tool of tools.values()) parts.push(toolCall(tool.id, tool.name, tool.args));
      return { role, parts, ...(finishReason !== undefined && { finish_reason: finishReason }) };
    });
  }

  #at(index: number): Choice | undefined {
    let choice = this.#choices.get(index);
    if (choice === undefined && this.#choices.size < MOST_CHOICES) {
      choice = { role: 'assistant', text: '', reasoning: '', finishReason: undefined, tools: new Map() };
      this.#choices.set(index, choice);
    }
    return choice;
  }
}
