import { type Span, SpanStatusCode } from '@opentelemetry/api';
import {
  ERROR_TYPE,
  GEN_AI_RESPONSE_FINISH_REASONS,
  GEN_AI_RESPONSE_ID,
  GEN_AI_RESPONSE_MODEL,
  GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  HTTP_REQUEST_RESEND_COUNT,
} from '../src/core/attributes.ts';
import { type TokenUsage, usageAttributes } from '../src/core/genai/usage.ts';

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

/** One call of a model: its span from the request to the end of the answer, ended exactly once. */
export class GenAiCall {
  readonly span: Span;
  readonly completion: Completion = { finishReasons: [] };
  /** Requests sent: 1, and one more for each retry by the client. */
  attempts = 0;
  /** The app reads the body through us, so the call ends when that does. */
  isReading = false;
  readonly #startedMs = performance.now();
  #firstChunkMs: number | undefined;
  #lastSign = 0;
  #isLeft = false;
  #isEnded = false;

  constructor(span: Span) {
    this.span = span;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The head of the answer has arrived. */
  responded(): void {
    this.#lastSign = Date.now();
    if (this.#isLeft) this.end();
  }

  chunk(): void {
    this.#lastSign = Date.now();
    this.#firstChunkMs ??= performance.now();
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
    this.span.setAttribute(ERROR_TYPE, errorType(error));
    if (error instanceof Error) this.span.recordException(error);
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
    const { span } = this;
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
    }
    if (this.attempts > 1) span.setAttribute(HTTP_REQUEST_RESEND_COUNT, this.attempts - 1);
  }
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

/** The provider's code where the error has one of few values, else the class of the error. */
function errorType(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code === 'string' && /^[\w.-]{1,64}$/.test(code)) return code;
  if (!(error instanceof Error)) return typeof error;
  return error.constructor.name || error.name;
}
