import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
  isWrapped,
} from '@opentelemetry/instrumentation';
import { toolVersion } from '../../src/core/tool-version.ts';
import { graphStreaming, nodeInvoking, sequenceInvoking, sequenceStreaming } from './chains.ts';
import { generating, streaming } from './models.ts';
import { retrieving } from './retrievers.ts';
import { toolCalling } from './tools.ts';
import type { Method, Wrapping } from './wrapping.ts';

/** A class of the library, and a method of it that everything of its kind passes. */
interface Target {
  readonly className: string;
  readonly method: string;
  readonly wrapping: Wrapping;
  /** Only where the class has no such method: what it is called in another version. */
  readonly unless?: string;
}

const MODEL = (className: string): Target[] => [
  { className, method: '_generateUncached', wrapping: generating },
  { className, method: '_streamIterator', wrapping: streaming },
];

const TARGETS: readonly Target[] = [
  ...MODEL('BaseChatModel'),
  ...MODEL('BaseLLM'),
  { className: 'StructuredTool', method: 'call', wrapping: toolCalling },
  { className: 'BaseRetriever', method: 'getRelevantDocuments', wrapping: retrieving },
  { className: 'BaseRetriever', method: 'invoke', wrapping: retrieving, unless: 'getRelevantDocuments' },
  { className: 'RunnableSequence', method: 'invoke', wrapping: sequenceInvoking },
  { className: 'RunnableSequence', method: '_streamIterator', wrapping: sequenceStreaming },
  { className: 'Pregel', method: '_streamIterator', wrapping: graphStreaming },
  { className: 'RunnableCallable', method: 'invoke', wrapping: nodeInvoking },
];

/** The files these classes are in, and where 0.3 says so again for its importers. */
const CORE_FILES = [
  'language_models/chat_models',
  'language_models/llms',
  'tools',
  'retrievers',
  'runnables',
].flatMap((path) => [path, `dist/${path}`, `dist/${path}/index`]);
const GRAPH_FILES = ['dist/pregel/index', 'dist/utils'];

/**
 * Spans for LangChain (`@langchain/core` 0.3 and 1) and LangGraph 1: calls of models, tools, retrievers, sequences
 * at the root (workflow), graphs (workflow) and their nodes (agents). What runs below any of them runs in its
 * context, so requests and queries lie below it. Steps inside a sequence make no spans of their own.
 *
 * The methods are wrapped that every such call passes, and no callback handler is added: with one, LangChain gives
 * messages other ids.
 */
export class LangChainInstrumentation extends InstrumentationBase {
  constructor(config: InstrumentationConfig = {}) {
    super('@agentlog/otel/langchain', toolVersion(), config);
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    return [
      this.definition('@langchain/core', ['>=0.3.0 <2'], CORE_FILES),
      this.definition('@langchain/langgraph', ['>=0.2.0 <2'], GRAPH_FILES),
    ];
  }

  private definition(
    name: string,
    versions: string[],
    files: readonly string[],
  ): InstrumentationNodeModuleDefinition {
    const patch = <T>(exports: T): T => {
      this.forEachTarget(exports, (prototype, { method, wrapping }) => {
        if (isWrapped(prototype[method])) return;
        this._wrap(prototype, method, (original) => wrapping(original, () => this.tracer));
      });
      return exports;
    };
    const unpatch = (exports: unknown): void =>
      this.forEachTarget(exports, (prototype, { method }) => {
        if (isWrapped(prototype[method])) this._unwrap(prototype, method);
      });
    const all = files.flatMap((file) => [`${name}/${file}.js`, `${name}/${file}.cjs`]);
    return new InstrumentationNodeModuleDefinition(
      name,
      versions,
      undefined,
      undefined,
      all.map((file) => new InstrumentationNodeModuleFile(file, versions, patch, unpatch)),
    );
  }

  private forEachTarget(
    exports: unknown,
    visit: (prototype: Record<string, Method>, target: Target) => void,
  ): void {
    const classes = exports as Record<string, { prototype?: Record<string, Method> } | undefined>;
    for (const target of TARGETS) {
      const prototype = classes[target.className]?.prototype;
      if (prototype === undefined || !Object.hasOwn(prototype, target.method)) continue;
      if (target.unless !== undefined && typeof prototype[target.unless] === 'function') continue;
      visit(prototype, target);
    }
  }
}
