import {
  type Context,
  context,
  createContextKey,
  type Link,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import {
  ERROR_TYPE,
  GEN_AI_TOOL_CALL_ARGUMENTS,
  GEN_AI_TOOL_CALL_RESULT,
} from '../../src/core/attributes.ts';
import { contentPolicy } from '../../src/core/genai/content-policy.ts';
import { aside } from '../aside.ts';
import { contentText } from '../genai-content.ts';
import { takeToolCall } from '../tool-call.ts';
import {
  failureOf,
  requestAttributes,
  sessionAttributes,
  spanName,
  type TransportFacts,
  transportAttributes,
} from './attributes.ts';
import {
  isFields,
  type Message,
  metaOf,
  paramOf,
  type Request,
  type RequestId,
  type Response,
  withMeta,
} from './messages.ts';

/** An open request, ours or the peer's. */
interface Open {
  readonly request: Request;
  readonly span: Span;
  /** The span is ours to end, not that of a framework around it. */
  readonly isOwn: boolean;
  /** Where the request was made. */
  readonly origin: Context;
}

/** The span that is active below was made here, for the very message that is being handled. */
const OURS: symbol = createContextKey('agentlog: an MCP request in progress');

/** Sent by timers and by the handshake: of interest in a trace, not as a trace. */
const HOUSEKEEPING: ReadonlySet<string> = new Set(['ping', 'server/discover']);

/** The spans of one connection: CLIENT for what is asked here, SERVER for what the peer asks; either side asks. */
export class Connection {
  readonly #tracer: Tracer;
  readonly #transport: TransportFacts;
  readonly #asked = new Map<RequestId, Open>();
  readonly #served = new Map<RequestId, Open>();
  #version: string | undefined;

  constructor(tracer: Tracer, transport: TransportFacts) {
    this.#tracer = tracer;
    this.#transport = transport;
  }

  /** A request leaves: its span has begun, and the message to send in its place carries the context. */
  ask(request: Request): { context: Context; message: Message } | undefined {
    const origin = context.active();
    if (HOUSEKEEPING.has(request.method) && trace.getSpan(origin) === undefined) return undefined;
    this.#learnVersion(request.params);
    const outer =
      request.method === 'tools/call' ? takeToolCall(origin, paramOf(request, 'name')) : undefined;
    const attributes = { ...requestAttributes(request), ...transportAttributes(this.#transport) };
    const span =
      outer?.setAttributes(attributes) ??
      this.#tracer.startSpan(spanName(request), { kind: SpanKind.CLIENT, attributes }, origin);
    const inCall = trace.setSpan(origin, span).setValue(OURS, true);
    this.#open(this.#asked, { request, span, isOwn: outer === undefined, origin });
    return { context: inCall, message: this.inject(request, inCall) };
  }

  /** The message with the context in `params._meta`; the same message where there is none. */
  inject<M extends Message>(message: M, from: Context = context.active()): M {
    const carrier: Record<string, string> = {};
    propagation.inject(from, carrier);
    return Object.keys(carrier).length === 0 ? message : withMeta(message, carrier);
  }

  /** The context of the sender, over the active one. */
  extract(message: Message): Context {
    const meta = metaOf(message);
    return meta === undefined ? context.active() : propagation.extract(context.active(), meta);
  }

  /** The answer to a request of ours has arrived; returns where that was made, for what runs next. */
  answered(response: Response): Context | undefined {
    const open = this.#asked.get(response.id);
    if (isFields(response.result)) this.#learnVersion(response.result);
    this.#settle(this.#asked, response.id, response);
    return open?.origin;
  }

  /** Nobody waits for the answer of a request of ours any more. */
  abandon(id: RequestId, errorType: string, error?: unknown): void {
    this.#fail(this.#asked, id, errorType, error);
  }

  /** A request arrives: its span has begun, and its handler runs in the context returned. */
  serve(request: Request): Context | undefined {
    const ambient = context.active();
    const parent = this.extract(request);
    const sender = trace.getSpanContext(parent);
    if (sender === undefined && HOUSEKEEPING.has(request.method)) return undefined;
    this.#learnVersion(request.params);
    const around = trace.getSpanContext(ambient);
    const isAside = around !== undefined && around.spanId !== sender?.spanId && !ambient.getValue(OURS);
    const links: Link[] = isAside ? [{ context: around }] : [];
    const attributes = { ...requestAttributes(request), ...transportAttributes(this.#transport) };
    const options = { kind: SpanKind.SERVER, attributes, links };
    const span = this.#tracer.startSpan(spanName(request), options, parent);
    this.#open(this.#served, { request, span, isOwn: true, origin: ambient });
    return trace.setSpan(parent, span).setValue(OURS, true);
  }

  /** A request of the peer is answered. */
  answer(response: Response): void {
    if (isFields(response.result)) this.#learnVersion(response.result);
    this.#settle(this.#served, response.id, response);
  }

  /** The peer no longer waits for the answer. */
  dismiss(id: RequestId, errorType: string, error?: unknown): void {
    this.#fail(this.#served, id, errorType, error);
  }

  close(): void {
    for (const id of [...this.#asked.keys()]) this.abandon(id, 'connection_closed');
    for (const id of [...this.#served.keys()]) this.dismiss(id, 'connection_closed');
  }

  #open(where: Map<RequestId, Open>, open: Open): void {
    // An id that comes again while it is open: the older one can no longer be told apart.
    this.#fail(where, open.request.id, '_OTHER');
    where.set(open.request.id, open);
    const { span, request } = open;
    const policy = contentPolicy();
    if (!policy.tools || !policy.spans || request.method !== 'tools/call') return;
    aside(() => setText(span, GEN_AI_TOOL_CALL_ARGUMENTS, paramOf(request, 'arguments')));
  }

  #settle(where: Map<RequestId, Open>, id: RequestId, response: Response): void {
    const open = where.get(id);
    if (open === undefined) return;
    const { span, request } = open;
    const failure = failureOf(response);
    if (failure !== undefined) {
      span.setAttributes(failure.attributes);
      const { message } = failure;
      span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
    }
    const policy = contentPolicy();
    if (policy.tools && policy.spans && request.method === 'tools/call') {
      aside(() => setText(span, GEN_AI_TOOL_CALL_RESULT, resultOf(response)));
    }
    this.#end(where, id, open);
  }

  #fail(where: Map<RequestId, Open>, id: RequestId, errorType: string, error?: unknown): void {
    const open = where.get(id);
    if (open === undefined) return;
    open.span.setAttribute(ERROR_TYPE, errorType);
    if (error instanceof Error && open.isOwn) open.span.recordException(error);
    open.span.setStatus({
      code: SpanStatusCode.ERROR,
      ...(error instanceof Error && { message: error.message }),
    });
    this.#end(where, id, open);
  }

  #end(where: Map<RequestId, Open>, id: RequestId, { span, isOwn }: Open): void {
    where.delete(id);
    span.setAttributes(sessionAttributes(this.#transport, this.#version));
    if (isOwn) span.end();
  }

  /** Of `initialize`'s answer, or of the envelope that each request of 2026 and later has. */
  #learnVersion(fields: unknown): void {
    if (!isFields(fields)) return;
    const meta = fields._meta;
    const version = isFields(meta) ? meta['io.modelcontextprotocol/protocolVersion'] : undefined;
    if (typeof version === 'string') this.#version = version;
    else if (typeof fields.protocolVersion === 'string') this.#version = fields.protocolVersion;
  }
}

function setText(span: Span, key: string, value: unknown): void {
  const text = contentText(value);
  if (text !== undefined) span.setAttribute(key, text);
}

function resultOf({ result }: Response): unknown {
  return isFields(result) ? (result.structuredContent ?? result.content) : result;
}
