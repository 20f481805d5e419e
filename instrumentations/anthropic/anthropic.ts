import type { Tracer } from '@opentelemetry/api';
import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
  isWrapped,
} from '@opentelemetry/instrumentation';
import { toolVersion } from '../../src/core/tool-version.ts';
import { type ClientApi, calling, callingFetch, callingRequest, type Method } from '../stainless-client.ts';
import { readMessage } from './answer.ts';
import { answerContent, recordRequest } from './content.ts';
import { silenceOwnSpans, unsilenceOwnSpans, withoutSilenced } from './own-spans.ts';
import { requestAttributes } from './request.ts';

type Patchable = Record<string, Method>;

function api(operation: 'chat' | 'text_completion'): ClientApi {
  return {
    operation,
    attributes: requestAttributes,
    args: (_, args) => withoutSilenced(args),
    reader: (call, body) => {
      recordRequest(call, body);
      const gather = answerContent(call);
      return (data) => {
        readMessage(call.completion, data);
        gather?.(data);
        return undefined;
      };
    },
  };
}

/**
 * Spans for `@anthropic-ai/sdk`, 0.20 to 1: messages and beta messages with their helpers (`parse`, `stream`,
 * `toolRunner`), which all go through `create`, and the old text completions. Clients of other platforms
 * (Bedrock, Vertex) inherit the same methods.
 */
export class AnthropicInstrumentation extends InstrumentationBase {
  constructor(config: InstrumentationConfig = {}) {
    super('@agentlog/otel/anthropic', toolVersion(), config);
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition(
      '@anthropic-ai/sdk',
      ['>=0.20.0 <2'],
      (exports) => {
        const base = this.forEachMethod(exports, (target, name, wrapper) => {
          if (!isWrapped(target[name])) this._wrap(target, name, wrapper);
        });
        if (base !== undefined) silenceOwnSpans(base);
        return exports;
      },
      (exports) => {
        const base = this.forEachMethod(exports, (target, name) => {
          if (isWrapped(target[name])) this._unwrap(target, name);
        });
        if (base !== undefined) unsilenceOwnSpans(base);
      },
    );
  }

  /** Returns the prototype of all clients. */
  private forEachMethod(
    exports: unknown,
    visit: (target: Patchable, name: string, wrapper: (original: Method) => Method) => void,
  ): object | undefined {
    const module = exports as { Anthropic?: unknown; BaseAnthropic?: unknown; default?: unknown };
    // biome-ignore lint/suspicious/noExplicitAny: classes of many versions, looked at with care below
    const Anthropic = (module.Anthropic ?? module.default) as any;
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const Base = (module.BaseAnthropic ?? Anthropic) as any;
    const tracer = (): Tracer => this.tracer;
    const targets: [{ prototype?: Patchable } | undefined, string, (original: Method) => Method][] = [
      [Anthropic?.Messages, 'create', calling(tracer, api('chat'))],
      [Anthropic?.Beta?.Messages, 'create', calling(tracer, api('chat'))],
      [Anthropic?.Completions, 'create', calling(tracer, api('text_completion'))],
      [Base, 'makeRequest', callingRequest],
      [Base, 'fetchWithTimeout', callingFetch],
    ];
    for (const [Class, name, wrapper] of targets) {
      if (typeof Class?.prototype?.[name] === 'function') visit(Class.prototype, name, wrapper);
      else this._diag.debug(`@anthropic-ai/sdk has no ${name} where it was expected`);
    }
    return Base?.prototype;
  }
}
