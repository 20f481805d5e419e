import { type Attributes, context, type Tracer } from '@opentelemetry/api';
import { aside } from './aside.ts';
import { activeGenAiCall, type GenAiCall, lease, startGenAiCall } from './genai-call.ts';
import { watchAttempt } from './genai-failure.ts';
import { isApiPromise, observePromise } from './stainless-promise.ts';

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Reads what an answer, or one chunk of a stream, says about itself. Anything in it may be absent or of another type. */
export type AnswerReader = (data: unknown) => 'hide' | undefined;

/** One method of a client that sends one request to a model. */
export interface ClientApi {
  readonly operation: string;
  readonly attributes: (body: unknown, client: unknown) => Attributes;
  /** One for each call; also the place to record the content of the request. */
  readonly reader: (call: GenAiCall, body: unknown) => AnswerReader;
  /** The arguments the client gets in place of the app's, which are not changed. */
  readonly args?: (call: GenAiCall, args: unknown[], client: unknown) => unknown[];
}

/**
 * Wraps a method of a client made by Stainless (`openai`, `@anthropic-ai/sdk`): one span for each call, whatever
 * helper made it. The app gets the client's own promise and stream.
 */
export function calling(tracer: () => Tracer, api: ClientApi): (original: Method) => Method {
  return (original) =>
    function create(this: unknown, ...args) {
      let call: GenAiCall | undefined;
      aside(() => {
        call = startGenAiCall(tracer(), {
          operation: api.operation,
          attributes: api.attributes(args[0], clientOf(this)),
        });
      });
      if (call === undefined) return original.apply(this, args);
      const started: GenAiCall = call;
      if (!started.span.isRecording()) return context.with(started.context, () => original.apply(this, args));
      let read: AnswerReader = () => undefined;
      let sent = args;
      aside(() => {
        read = api.reader(started, args[0]);
        if (api.args !== undefined) sent = api.args(started, args, clientOf(this));
      });
      const promise = started.run(() => original.apply(this, sent));
      aside(() => {
        if (isApiPromise(promise)) observePromise(promise, lease(started), read);
        else started.end();
      });
      return promise;
    };
}

function clientOf(resource: unknown): unknown {
  const { _client, client } = (resource ?? {}) as { _client?: unknown; client?: unknown };
  return _client ?? client;
}

/**
 * Wraps `makeRequest`, the one place every request and every retry passes: a failure seen here has been seen by no
 * branch of ours, so the client's promise remains the app's to handle or not.
 */
export function callingRequest(original: Method): Method {
  return function makeRequest(this: unknown, ...args) {
    const call = activeGenAiCall();
    const sent = original.apply(this, args);
    if (call === undefined || !(sent instanceof Promise)) return sent;
    aside(() => call.attempt());
    if (call.attempts > 1) return sent;
    return sent.then(
      (answer) => {
        aside(() => call.responded());
        return answer;
      },
      (error) => {
        aside(() => call.fail(error));
        throw error;
      },
    );
  };
}

/** Wraps `fetchWithTimeout`, which sends one request: why an attempt failed, for the event of the next. */
export function callingFetch(original: Method): Method {
  return function fetchWithTimeout(this: unknown, ...args) {
    const call = activeGenAiCall();
    const sent = original.apply(this, args);
    if (call === undefined || !(sent instanceof Promise)) return sent;
    return watchAttempt(call, sent);
  };
}
