import type { Tracer } from '@opentelemetry/api';
import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
  isWrapped,
} from '@opentelemetry/instrumentation';
import { toolVersion } from '../../src/core/tool-version.ts';
import { type ClientApi, calling, callingFetch, callingRequest, type Method } from '../stainless-client.ts';
import { type AnswerReading, readChatCompletion, readEmbeddings, readResponse } from './answer.ts';
import { askForUsage, hideAskedUsage } from './asked-usage.ts';
import { answerContent, recordRequest } from './content.ts';
import { requestAttributes } from './request.ts';

type Patchable = Record<string, Method>;

function api(operation: 'chat' | 'text_completion' | 'embeddings', read: AnswerReading): ClientApi {
  const isText = operation !== 'embeddings';
  return {
    operation,
    attributes: (body, client) => requestAttributes(operation, body, client),
    reader: (call, body) => {
      recordRequest(call, body);
      const gather = isText ? answerContent(call) : undefined;
      return (data) => {
        read(call.completion, data);
        gather?.(data);
        return isText ? hideAskedUsage(call, data) : undefined;
      };
    },
    ...(read === readChatCompletion && {
      args: (call, [body, ...rest], client) => [askForUsage(call, body, client), ...rest],
    }),
  };
}

/**
 * Spans for the `openai` client, 4 to 7, and every provider it is pointed at: chat completions, responses,
 * embeddings, with their helpers (`parse`, `stream`, `runTools`), which all go through the same methods.
 *
 * Upstream's instrumentation ends at openai 6. The prototypes are patched, so CommonJS and ESM are alike. The
 * span lasts until the answer has been read; content is recorded by the policy alone. The app gets the very
 * objects of the client back.
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
    const tracer = (): Tracer => this.tracer;
    const targets: [{ prototype?: Patchable } | undefined, string, (original: Method) => Method][] = [
      [OpenAI?.Chat?.Completions, 'create', calling(tracer, api('chat', readChatCompletion))],
      [OpenAI?.Completions, 'create', calling(tracer, api('text_completion', readChatCompletion))],
      [OpenAI?.Responses, 'create', calling(tracer, api('chat', readResponse))],
      [OpenAI?.Embeddings, 'create', calling(tracer, api('embeddings', readEmbeddings))],
      [OpenAI, 'makeRequest', callingRequest],
      [OpenAI, 'fetchWithTimeout', callingFetch],
    ];
    for (const [Class, name, wrapper] of targets) {
      if (typeof Class?.prototype?.[name] === 'function') visit(Class.prototype, name, wrapper);
      else this._diag.debug(`openai has no ${name} where it was expected`);
    }
  }
}
