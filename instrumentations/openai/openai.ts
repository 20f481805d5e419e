import { type Context, context, createContextKey, SpanKind, trace } from '@opentelemetry/api';
import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
  isWrapped,
} from '@opentelemetry/instrumentation';
import { GEN_AI_REQUEST_MODEL } from '../../src/core/attributes.ts';
import { toolVersion } from '../../src/core/tool-version.ts';
import { aside } from '../aside.ts';
import { GenAiCall, lease } from '../genai-call.ts';
import { type AnswerReader, readChatCompletion, readEmbeddings, readResponse } from './answer.ts';
import { isApiPromise, observePromise } from './api-promise.ts';
import { requestAttributes } from './request.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Patchable = Record<string, Method>;

interface Api {
  readonly operation: 'chat' | 'embeddings';
  readonly read: AnswerReader;
}

const CHAT: Api = { operation: 'chat', read: readChatCompletion };
const RESPONSES: Api = { operation: 'chat', read: readResponse };
const EMBEDDINGS: Api = { operation: 'embeddings', read: readEmbeddings };

const CALL: symbol = createContextKey('agentlog: the GenAI call in progress');

/**
 * Spans for the `openai` client, 4 to 7, and every provider it is pointed at: chat completions, responses,
 * embeddings, with their helpers (`parse`, `stream`, `runTools`), which all go through the same methods.
 *
 * Upstream's instrumentation ends at openai 6. The prototypes are patched, so CommonJS and ESM are alike. The
 * span lasts until the answer has been read; content is never recorded. The app gets the very objects of the
 * client back.
 */
export class OpenAIInstrumentation extends InstrumentationBase {
  constructor(config: InstrumentationConfig = {}) {
    super('@agentlog/otel/openai', toolVersion(), config);
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition(
      'openai',
      ['>=4.0.0 <8'],
      (exports) => {
        this.forEachMethod(exports, (target, name, wrapper) => {
          if (!isWrapped(target[name])) this._wrap(target, name, wrapper);
        });
        return exports;
      },
      (exports) => {
        this.forEachMethod(exports, (target, name) => {
          if (isWrapped(target[name])) this._unwrap(target, name);
        });
      },
    );
  }

  private forEachMethod(
    exports: unknown,
    visit: (target: Patchable, name: string, wrapper: (original: Method) => Method) => void,
  ): void {
    const module = exports as { OpenAI?: unknown; default?: unknown };
    // biome-ignore lint/suspicious/noExplicitAny: classes of four major versions, looked at with care below
    const OpenAI = (module.OpenAI ?? module.default) as any;
    const targets: [{ prototype?: Patchable } | undefined, string, (original: Method) => Method][] = [
      [OpenAI?.Chat?.Completions, 'create', (original) => this.calling(original, CHAT)],
      [OpenAI?.Responses, 'create', (original) => this.calling(original, RESPONSES)],
      [OpenAI?.Embeddings, 'create', (original) => this.calling(original, EMBEDDINGS)],
      [OpenAI, 'makeRequest', requesting],
    ];
    for (const [Class, name, wrapper] of targets) {
      if (typeof Class?.prototype?.[name] === 'function') visit(Class.prototype, name, wrapper);
      else this._diag.debug(`openai has no ${name} where it was expected`);
    }
  }

  private calling(original: Method, api: Api): Method {
    const start = (resource: unknown, body: unknown): GenAiCall => this.start(resource, body, api);
    return function create(this: unknown, ...args) {
      let call: GenAiCall | undefined;
      let inCall: Context = context.active();
      aside(() => {
        call = start(this, args[0]);
        inCall = trace.setSpan(inCall, call.span).setValue(CALL, call);
      });
      if (!call?.span.isRecording()) return context.with(inCall, () => original.apply(this, args));
      return run(call, inCall, api, () => original.apply(this, args));
    };
  }

  private start(resource: unknown, body: unknown, { operation }: Api): GenAiCall {
    const { _client, client } = (resource ?? {}) as { _client?: unknown; client?: unknown };
    const attributes = requestAttributes(operation, body, _client ?? client);
    const model = attributes[GEN_AI_REQUEST_MODEL];
    const name = model === undefined ? operation : `${operation} ${model}`;
    return new GenAiCall(this.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }));
  }
}

function run(call: GenAiCall, inCall: Context, { read }: Api, create: () => unknown): unknown {
  let promise: unknown;
  try {
    promise = context.with(inCall, create);
  } catch (error) {
    call.fail(error);
    throw error;
  }
  aside(() => {
    if (isApiPromise(promise)) observePromise(promise, lease(call), read);
    else call.end();
  });
  return promise;
}

/**
 * The one place every request and every retry passes: a failure seen here has been seen by no branch of ours,
 * so the client's promise remains the app's to handle or not.
 */
function requesting(original: Method): Method {
  return function makeRequest(this: unknown, ...args) {
    const call = context.active().getValue(CALL) as GenAiCall | undefined;
    const sent = original.apply(this, args);
    if (call === undefined || !(sent instanceof Promise)) return sent;
    call.attempts++;
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
