import type { Span } from '@opentelemetry/api';
import {
  GEN_AI_REQUEST_MAX_TOKENS,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_REQUEST_STREAM,
  GEN_AI_REQUEST_TEMPERATURE,
  GEN_AI_RESPONSE_FINISH_REASONS,
  GEN_AI_RESPONSE_ID,
  GEN_AI_RESPONSE_MODEL,
  GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
} from '../../src/core/attributes.ts';
import { usageAttributes } from '../../src/core/genai/usage.ts';
import { clock } from '../../src/core/natives.ts';
import { readBody } from './read-body.ts';

/** A body that is longer is not read. */
const LONGEST_BODY = 262_144;

type Json = Record<string, unknown>;

/** One request to a model that only the HTTP side saw. Reads what passes, holds nothing back, keeps no content. */
export class Followed {
  readonly #span: Span;
  readonly #operation: string;
  #model: string | undefined;
  readonly #startedMs = clock();
  #request: Buffer[] | undefined = [];
  #requestBytes = 0;
  #text: string | undefined = '';
  #isStream = false;
  #hasBegun = false;
  readonly #decoder = new TextDecoder();

  constructor(span: Span, operation: string, model: string | undefined) {
    this.#span = span;
    this.#operation = operation;
    this.#model = model;
  }

  sent(chunk: unknown): void {
    if (this.#request === undefined || chunk === undefined || chunk === null) return;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (!(bytes instanceof Uint8Array)) return;
    this.#requestBytes += bytes.byteLength;
    if (this.#requestBytes > LONGEST_BODY) this.#request = undefined;
    else this.#request.push(Buffer.from(bytes));
  }

  /** The request is out: its model is known before the answer comes. */
  sentAll(): void {
    const body = this.#request === undefined ? undefined : parsed(Buffer.concat(this.#request).toString());
    this.#request = undefined;
    if (body === undefined) return;
    const span = this.#span;
    if (this.#model === undefined && typeof body.model === 'string') {
      this.#model = body.model;
      span.setAttribute(GEN_AI_REQUEST_MODEL, body.model);
      span.updateName(`${this.#operation} ${body.model}`);
    }
    if (body.stream === true) span.setAttribute(GEN_AI_REQUEST_STREAM, true);
    if (typeof body.temperature === 'number') {
      span.setAttribute(GEN_AI_REQUEST_TEMPERATURE, body.temperature);
    }
    const most = body.max_tokens ?? body.max_completion_tokens ?? body.max_output_tokens;
    if (typeof most === 'number') span.setAttribute(GEN_AI_REQUEST_MAX_TOKENS, most);
  }

  responded(): void {
    this.#text = '';
  }

  /** A piece of the answer. What is whole in it is read at once: the span may end with it. */
  received(chunk: unknown): void {
    if (this.#text === undefined || !(chunk instanceof Uint8Array)) return;
    if (!this.#hasBegun) this.#begin(chunk);
    if (this.#text === undefined) return;
    this.#text += this.#decoder.decode(chunk, { stream: true });
    if (this.#isStream) this.#readEvents();
    else if (this.#text.length > LONGEST_BODY) this.#text = undefined;
    else if (this.#text.trimEnd().endsWith('}')) this.#read(parsed(this.#text));
  }

  /** By its first byte: JSON, events, or something compressed, which is not read. */
  #begin(chunk: Uint8Array): void {
    this.#hasBegun = true;
    const start = Buffer.from(chunk.subarray(0, 16)).toString('latin1').trimStart();
    if (/^(?:data|event|id|retry|:)/.test(start)) {
      this.#isStream = true;
      this.#span.setAttribute(GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK, (clock() - this.#startedMs) / 1000);
    } else if (!start.startsWith('{')) this.#text = undefined;
  }

  #readEvents(): void {
    const text = this.#text ?? '';
    const end = text.lastIndexOf('\n');
    if (end === -1) {
      if (text.length > LONGEST_BODY) this.#text = undefined;
      return;
    }
    for (const line of text.slice(0, end).split('\n')) {
      if (line.startsWith('data:')) this.#read(parsed(line.slice(5)));
    }
    this.#text = text.slice(end + 1);
  }

  #read(body: Json | undefined): void {
    if (body === undefined) return;
    const { id, model, finishReasons, usage } = readBody(body);
    const span = this.#span;
    if (id !== undefined) span.setAttribute(GEN_AI_RESPONSE_ID, id);
    if (model !== undefined) span.setAttribute(GEN_AI_RESPONSE_MODEL, model);
    if (finishReasons.length > 0) span.setAttribute(GEN_AI_RESPONSE_FINISH_REASONS, finishReasons);
    if (usage !== undefined) span.setAttributes(usageAttributes(usage));
  }
}

function parsed(text: string): Json | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return undefined;
  try {
    return JSON.parse(trimmed) as Json;
  } catch {
    return undefined;
  }
}
