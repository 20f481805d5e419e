import { context, type Tracer } from '@opentelemetry/api';
import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
  isWrapped,
} from '@opentelemetry/instrumentation';
import { GEN_AI_REQUEST_STREAM } from '../../src/core/attributes.ts';
import { toolVersion } from '../../src/core/tool-version.ts';
import { aside } from '../aside.ts';
import { followIterator } from '../follow-iterator.ts';
import { type Completion, type GenAiCall, lease, startGenAiCall } from '../genai-call.ts';
import { readEmbedded, readGenerated } from './answer.ts';
import { callingApi } from './attempts.ts';
import { answerContent, recordRequest } from './content.ts';
import { type ApiClient, requestAttributes } from './request.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Patchable = Record<string, Method>;

interface Api {
  readonly operation: 'generate_content' | 'embeddings';
  readonly isStream: boolean;
  readonly read: (into: Completion, data: unknown) => void;
}

const METHODS: Readonly<Record<string, Api>> = {
  generateContentInternal: { operation: 'generate_content', isStream: false, read: readGenerated },
  generateContentStreamInternal: { operation: 'generate_content', isStream: true, read: readGenerated },
  embedContentInternal: { operation: 'embeddings', isStream: false, read: readEmbedded },
};

/**
 * Spans for `@google/genai`, 1 to 3, on Gemini and Vertex: generateContent, its stream, embedContent; chats and
 * automatic function calling go through them, a span for each request. The public methods are made anew in each
 * object, so the methods below them, which are the prototype's, are patched.
 */
export class GoogleGenAIInstrumentation extends InstrumentationBase {
  constructor(config: InstrumentationConfig = {}) {
    super('@agentlog/otel/google-genai', toolVersion(), config);
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition(
      '@google/genai',
      ['>=1.0.0 <4'],
      (exports) => {
        const models = (exports as { Models?: { prototype?: Patchable } }).Models?.prototype;
        for (const [name, api] of Object.entries(METHODS)) {
          if (typeof models?.[name] !== 'function') this._diag.debug(`@google/genai has no ${name}`);
          else if (!isWrapped(models[name]))
            this._wrap(
              models,
              name,
              calling(() => this.tracer, api),
            );
        }
        return exports;
      },
      (exports) => {
        const models = (exports as { Models?: { prototype?: Patchable } }).Models?.prototype;
        for (const name of Object.keys(METHODS)) {
          if (models !== undefined && isWrapped(models[name])) this._unwrap(models, name);
        }
      },
    );
  }
}

function calling(tracer: () => Tracer, { operation, isStream, read }: Api): (original: Method) => Method {
  return (original) =>
    function generate(this: unknown, ...args) {
      const client = ((this as { apiClient?: ApiClient } | undefined)?.apiClient ?? {}) as ApiClient;
      let call: GenAiCall | undefined;
      aside(() => {
        callingApi(client);
        call = startGenAiCall(tracer(), {
          operation,
          attributes: {
            ...requestAttributes(args[0], client),
            ...(isStream && { [GEN_AI_REQUEST_STREAM]: true }),
          },
        });
      });
      if (call === undefined) return original.apply(this, args);
      const started: GenAiCall = call;
      if (!started.span.isRecording()) return context.with(started.context, () => original.apply(this, args));
      let gather: ((data: unknown) => void) | undefined;
      aside(() => {
        recordRequest(started, args[0]);
        gather = operation === 'embeddings' ? undefined : answerContent(started);
      });
      const onData = (data: unknown): undefined => {
        read(started.completion, data);
        gather?.(data);
        return undefined;
      };
      const sent = started.run(() => original.apply(this, args));
      if (!(sent instanceof Promise)) {
        aside(() => started.end());
        return sent;
      }
      return sent.then(
        (answer) => {
          let seen = answer;
          aside(() => {
            started.responded();
            if (isStream) seen = followed(answer, started, onData);
            else {
              onData(answer);
              started.end();
            }
          });
          return seen;
        },
        (error) => {
          aside(() => started.fail(error));
          throw error;
        },
      );
    };
}

/** The client gives an async generator; the app gets one that behaves like it. */
function followed(answer: unknown, call: GenAiCall, onData: (data: unknown) => undefined): unknown {
  if (typeof (answer as AsyncIterator<unknown> | undefined)?.next !== 'function') {
    call.end();
    return answer;
  }
  return followIterator(answer as AsyncIterator<unknown>, lease(call), {
    onChunk: (_, chunk) => onData(chunk),
  });
}
