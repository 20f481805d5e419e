import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  type Exception,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import {
  ERROR_TYPE,
  GEN_AI_CHUNK_COUNT,
  GEN_AI_OPERATION_NAME,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_RESPONSE_FINISH_REASONS,
  GEN_AI_RESPONSE_ID,
  GEN_AI_RESPONSE_MODEL,
  GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  GEN_AI_RETRY_AFTER_S,
  GEN_AI_RETRY_ATTEMPT,
  GEN_AI_RETRY_EVENT,
  HTTP_REQUEST_RESEND_COUNT,
  HTTP_RESPONSE_STATUS_CODE,
} from '../src/core/attributes.ts';
import { type ContentKind, contentPolicy } from '../src/core/genai/content-policy.ts';
import { type TokenUsage, usageAttributes } from '../src/core/genai/usage.ts';
import { clock, wallClock } from '../src/core/natives.ts';
import { aside } from './aside.ts';
import { contentText } from './genai-content.ts';
import { errorType, failureAttributes } from './genai-failure.ts';

/** What an answer, or the chunks of one so far, said about itself; never its content. */
export interface Completion {
  id?: string;
  model?: string;
  /** By choice; a hole where a choice has none yet. */
  finishReasons: (string | undefined)[];
  usage?: TokenUsage;
  /** The provider answered, and the answer says that it failed. */
  failure?: string;
}

export interface CallStart {
  /** `chat`, `embeddings`, `execute_tool`, `invoke_agent`, …; becomes `gen_ai.operation.name`. */
  readonly operation: string;
  /** The span's name. Default: the operation and the requested model. */
  readonly name?: string;
  /** Default CLIENT. */
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** Default: the active context. */
  readonly parent?: Context;
}

/** One request sent that came to nothing. */
export interface FailedAttempt {
  readonly statusCode?: number | undefined;
  readonly errorType?: string | undefined;
  /** What the provider asked to wait, in seconds. */
  readonly retryAfterS?: number | undefined;
}

const CALL: symbol = createContextKey('agentlog: the model call in progress');

/** The operations that are one request to a model; what runs below them is that request. */
const INFERENCE: ReadonlySet<string> = new Set([
  'chat',
  'text_completion',
  'generate_content',
  'embeddings',
  'retrieval',
]);

/** The model call whose code is running, if it is one that a hook of ours has seen. */
export function activeGenAiCall(from: Context = context.active()): GenAiCall | undefined {
  return from.getValue(CALL) as GenAiCall | undefined;
}

/** Begins a call: its span, and the context for what runs below it. Throws nothing that a tracer does not throw. */
export function startGenAiCall(tracer: Tracer, start: CallStart): GenAiCall {
  const { operation, parent = context.active() } = start;
  const attributes: Attributes = { [GEN_AI_OPERATION_NAME]: operation, ...start.attributes };
  const model = attributes[GEN_AI_REQUEST_MODEL];
  const name = start.name ?? (model === undefined ? operation : `${operation} ${model}`);
  const span = tracer.startSpan(name, { kind: start.kind ?? SpanKind.CLIENT, attributes }, parent);
  return new GenAiCall(span, parent, INFERENCE.has(operation));
}

/** One call of a model, tool or agent: its span from the request to the end of the answer, ended exactly once. */
export class GenAiCall {
  readonly span: Span;
  /** What runs below the call runs in it: its span is active, and an inference is known to be seen. */
  readonly context: Context;
  readonly completion: Completion = { finishReasons: [] };
  /** Requests sent: 1, and one more for each retry by the client. */
  attempts = 0;
  /** The app reads the body through us, so the call ends when that does. */
  isReading = false;
  /** The app asked for the raw response, so its body is read without us. */
  isRaw = false;
  /** Runs once before the span ends, however it ends: the place to record what was gathered on the way. */
  beforeEnd: (() => void) | undefined;
  readonly #startedMs = clock();
  #firstChunkMs: number | undefined;
  #chunkCount = 0;
  #lastSign = 0;
  #isLeft = false;
  #isEnded = false;
  #lastFailure: FailedAttempt | undefined;
  #eventContent: Attributes | undefined;

  constructor(span: Span, parent: Context = context.active(), isInference = true) {
    this.span = span;
    this.context = trace.setSpan(parent, span).setValue(CALL, isInference ? this : undefined);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Runs code of the app below the call. What it throws ends the call and goes on to the app. */
  run<T>(work: () => T): T {
    try {
      return context.with(this.context, work);
    } catch (error) {
      aside(() => this.fail(error));
      throw error;
    }
  }

  /**
   * Records text of prompts, answers or tools under a content key of the conventions, where the policy has that
   * kind on. `build` runs only then; it gives text as it is, and anything else is written as JSON.
   */
  content(kind: ContentKind, key: string, build: () => unknown): void {
    const policy = contentPolicy();
    if (!policy[kind] || !this.span.isRecording()) return;
    aside(() => {
      const text = contentText(build());
      if (text === undefined) return;
      if (policy.spans) this.span.setAttribute(key, text);
      else if (policy.events) {
        this.#eventContent ??= {};
        this.#eventContent[key] = text;
      }
    });
  }

  /** A request is about to be sent. From the second on an event tells which attempt it is, and why. */
  attempt(): void {
    this.attempts++;
    if (this.attempts === 1 || this.#isEnded) return;
    this.span.addEvent(GEN_AI_RETRY_EVENT, {
      [GEN_AI_RETRY_ATTEMPT]: this.attempts,
      ...attemptAttributes(this.#lastFailure),
    });
    this.#lastFailure = undefined;
  }

  /** The request under way came to nothing; whether the client tries again is not known yet. */
  attemptFailed(failure: FailedAttempt): void {
    this.#lastFailure = failure;
  }

  /** The head of the answer has arrived. */
  responded(): void {
    this.#lastSign = wallClock();
    if (this.#isLeft) this.end();
  }

  chunk(): void {
    this.#lastSign = wallClock();
    this.#firstChunkMs ??= clock();
    this.#chunkCount++;
  }

  end(endTime?: number): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { failure } = this.completion;
    this.#describe(failure === undefined ? '' : 'error');
    if (failure !== undefined) {
      this.span.setAttribute(ERROR_TYPE, failure);
      this.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.span.end(endTime);
  }

  /** The call threw. What it threw goes on to the app as it is. */
  fail(error: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#describe(this.#firstChunkMs === undefined ? '' : 'error');
    this.span.setAttributes(attemptAttributes(this.#lastFailure));
    this.span.setAttributes(failureAttributes(error));
    this.span.setAttribute(ERROR_TYPE, errorType(error));
    if (error instanceof Error) this.span.recordException(describable(error));
    this.span.setStatus({
      code: SpanStatusCode.ERROR,
      ...(error instanceof Error && { message: error.message }),
    });
    this.span.end();
  }

  /** The app stopped it while the answer was still coming, and the client said so by ending the stream. */
  abort(): void {
    if (this.#isEnded) return;
    this.completion.failure = 'AbortError';
    this.end();
  }

  /** Nobody can read the answer any more: the call ends with the last sign of life. */
  left(): void {
    this.#isLeft = true;
    if (this.#lastSign > 0) this.end(this.#lastSign);
  }

  /** `missing` stands for the finish reason a choice never got; empty leaves it out. */
  #describe(missing: string): void {
    const { id, model, finishReasons, usage } = this.completion;
    const { span, beforeEnd } = this;
    if (beforeEnd !== undefined) aside(beforeEnd);
    if (id !== undefined) span.setAttribute(GEN_AI_RESPONSE_ID, id);
    if (model !== undefined) span.setAttribute(GEN_AI_RESPONSE_MODEL, model);
    const reasons = Array.from(finishReasons, (reason) => reason ?? missing).filter(
      (reason) => reason !== '',
    );
    if (reasons.length === 0 && missing !== '') reasons.push(missing);
    if (reasons.length > 0) span.setAttribute(GEN_AI_RESPONSE_FINISH_REASONS, reasons);
    if (usage !== undefined) span.setAttributes(usageAttributes(usage));
    if (this.#firstChunkMs !== undefined) {
      span.setAttribute(GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK, (this.#firstChunkMs - this.#startedMs) / 1000);
      span.setAttribute(GEN_AI_CHUNK_COUNT, this.#chunkCount);
    }
    if (this.attempts > 1) span.setAttribute(HTTP_REQUEST_RESEND_COUNT, this.attempts - 1);
    if (this.#eventContent !== undefined) {
      span.addEvent('gen_ai.client.inference.operation.details', this.#eventContent);
    }
  }
}

/** The platform's own errors have a number for a code, which the SDK would take for their type. */
function describable(error: Error): Exception {
  if (!(error instanceof DOMException)) return error;
  const { name, message, stack } = error;
  return { name, message, ...(stack !== undefined && { stack }) };
}

function attemptAttributes(failure: FailedAttempt = {}): Attributes {
  const attributes: Attributes = {};
  if (failure.statusCode !== undefined) attributes[HTTP_RESPONSE_STATUS_CODE] = failure.statusCode;
  if (failure.errorType !== undefined) attributes[ERROR_TYPE] = failure.errorType;
  if (failure.retryAfterS !== undefined) attributes[GEN_AI_RETRY_AFTER_S] = failure.retryAfterS;
  return attributes;
}

/**
 * What everything the app was given holds instead of the call. Once the app has dropped all of it, the call is
 * ended, so that an answer that nobody reads does not leave a span open for ever.
 */
export interface CallLease {
  readonly call: GenAiCall;
}

const leases = new FinalizationRegistry<GenAiCall>((call) => call.left());

export function lease(call: GenAiCall): CallLease {
  const held = { call };
  leases.register(held, call);
  return held;
}
