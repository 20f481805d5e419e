import { subscribe } from 'node:diagnostics_channel';
import { type Attributes, context, type Span, trace } from '@opentelemetry/api';
import {
  GEN_AI_OPERATION_NAME,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_MODEL,
} from '../../src/core/attributes.ts';
import { aside } from '../aside.ts';
import { activeGenAiCall } from '../genai-call.ts';
import { describeRequest } from './describe.ts';
import { Followed } from './followed.ts';

export type { Followed };

/** Spans that stand for one call of a model, whoever made them. */
const IS_INFERENCE = /^(?:chat|text_completion|generate_content|embeddings|retrieval)$/;

/**
 * Makes the HTTP span an inference span; undefined if the path is no inference, or if the call already has one.
 */
export function begin(span: Span, provider: string, path: string): Followed | undefined {
  if (!span.isRecording() || isSeen()) return undefined;
  const described = describeRequest(path);
  if (described === undefined) return undefined;
  const { operation, model } = described;
  span.setAttributes({
    [GEN_AI_OPERATION_NAME]: operation,
    [GEN_AI_PROVIDER_NAME]: provider,
    ...(model !== undefined && { [GEN_AI_REQUEST_MODEL]: model }),
  });
  span.updateName(model === undefined ? operation : `${operation} ${model}`);
  return new Followed(span, operation, model);
}

function isSeen(): boolean {
  if (activeGenAiCall() !== undefined) return true;
  const active = trace.getSpan(context.active()) as { readonly attributes?: Attributes } | undefined;
  const attributes = active?.attributes;
  if (attributes === undefined) return false;
  const operation = attributes[GEN_AI_OPERATION_NAME];
  if (operation !== undefined) return IS_INFERENCE.test(String(operation));
  // Dialects: the model call of the AI SDK, of OpenLLMetry, of OpenInference, of LangSmith.
  return (
    /do(?:Generate|Stream|Embed)/.test(String(attributes['ai.operationId'])) ||
    /^(?:LLM|EMBEDDING)$/i.test(String(attributes['openinference.span.kind'])) ||
    attributes['langsmith.span.kind'] === 'llm' ||
    attributes['llm.request.type'] !== undefined
  );
}

const undici = new WeakMap<object, Followed>();
let isSubscribed = false;

export function followUndici(request: object, followed: Followed): void {
  undici.set(request, followed);
  if (!tellsChunks(request)) {
    followMethods(request as Methods, followed);
    return;
  }
  if (isSubscribed) return;
  isSubscribed = true;
  on('undici:request:bodyChunkSent', (message, each) => each.sent(message.chunk));
  on('undici:request:bodySent', (_, each) => each.sentAll());
  on('undici:request:bodyChunkReceived', (message, each) => each.received(message.chunk));
}

type Methods = Record<string, unknown>;
type Method = (this: unknown, ...args: unknown[]) => unknown;

const tells = new WeakMap<object, boolean>();

/** Whether this undici has channels for the pieces of a body: since 7, which is in Node 24. */
function tellsChunks(request: object): boolean {
  const prototype: object = Object.getPrototypeOf(request) ?? request;
  let answer = tells.get(prototype);
  if (answer === undefined) {
    const { onBodySent } = request as Methods;
    answer = typeof onBodySent === 'function' && String(onBodySent).includes('bodyChunkSent');
    tells.set(prototype, answer);
  }
  return answer;
}

/** Older ones pass the pieces through methods of the request. */
function followMethods(request: Methods, followed: Followed): void {
  before(request, 'onBodySent', (chunk) => followed.sent(chunk));
  before(request, 'onRequestSent', () => followed.sentAll());
  before(request, 'onData', (chunk) => followed.received(chunk));
}

function before(target: Methods, name: string, observe: (chunk: unknown) => void): void {
  const method = target[name];
  if (typeof method !== 'function') return;
  target[name] = function (this: unknown, ...args: unknown[]) {
    aside(() => observe(args[0]));
    return (method as Method).apply(this, args);
  };
}

/** The head of the answer: what kind of body comes. */
export function headOfUndici(_: Span, request: object): void {
  undici.get(request)?.responded();
}

function on(channel: string, observe: (message: { chunk?: unknown }, followed: Followed) => void): void {
  subscribe(channel, (message) => {
    const { request } = message as { request?: object };
    const followed = request === undefined ? undefined : undici.get(request);
    if (followed !== undefined) aside(() => observe(message as { chunk?: unknown }, followed));
  });
}

interface Writable {
  write: (...args: unknown[]) => unknown;
  end: (...args: unknown[]) => unknown;
}

/** Looks at what the app writes into a request of `node:http`. */
export function followBody(request: object, followed: Followed): void {
  const target = request as Writable;
  const { write, end } = target;
  target.write = function (this: unknown, ...args) {
    aside(() => followed.sent(args[0]));
    return write.apply(this, args);
  };
  target.end = function (this: unknown, ...args) {
    aside(() => {
      followed.sent(args[0]);
      followed.sentAll();
    });
    return end.apply(this, args);
  };
}

/** Looks at the answer as it comes from the parser, so that it stays the app's to read or not. */
export function followAnswer(response: object, followed: Followed): void {
  const target = response as { push: (...args: unknown[]) => unknown };
  const { push } = target;
  followed.responded();
  target.push = function (this: unknown, ...args) {
    aside(() => {
      if (args[0] !== null) followed.received(args[0]);
    });
    return push.apply(this, args);
  };
}
