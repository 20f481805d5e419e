import { type Attributes, SpanKind, type Tracer } from '@opentelemetry/api';
import { GEN_AI_AGENT_NAME, GEN_AI_WORKFLOW_NAME } from '../../src/core/attributes.ts';
import { aside } from '../aside.ts';
import { followIterator } from '../follow-iterator.ts';
import { type GenAiCall, lease, startGenAiCall } from '../genai-call.ts';
import { follow, isInside, iterateIn, type Method, nameOf, type Wrapping } from './wrapping.ts';

type Started = (runnable: unknown, args: readonly unknown[]) => { key: string; name: string } | undefined;

/** A sequence counts as a workflow only where no span of ours is around it: below one it is a step. */
const rootSequence: Started = (runnable, [, config]) =>
  isInside() ? undefined : { key: GEN_AI_WORKFLOW_NAME, name: nameOf(runnable, config) };

const graph: Started = (runnable, [, config]) => ({
  key: GEN_AI_WORKFLOW_NAME,
  name: graphName(runnable, config),
});

/**
 * A node of a graph is the callable that bears the node's name; others write channels and choose edges. A node of
 * tools is left out: each tool has its span.
 */
const node: Started = (runnable, [, config]) => {
  const { metadata } = (config ?? {}) as { metadata?: { langgraph_node?: unknown } };
  const { name } = runnable as { name?: unknown };
  if (typeof name !== 'string' || name === 'tools' || name.startsWith('__')) return undefined;
  return metadata?.langgraph_node === name ? { key: GEN_AI_AGENT_NAME, name } : undefined;
};

export const sequenceInvoking: Wrapping = (original, tracer) => invoking(original, tracer, rootSequence);
export const sequenceStreaming: Wrapping = (original, tracer) => streaming(original, tracer, rootSequence);
export const graphStreaming: Wrapping = (original, tracer) => streaming(original, tracer, graph);
export const nodeInvoking: Wrapping = (original, tracer) => invoking(original, tracer, node);

function invoking(original: Method, tracer: () => Tracer, started: Started): Method {
  return function invoke(this: unknown, ...args) {
    const call = start(tracer, started, this, args);
    if (call === undefined) return original.apply(this, args);
    return follow(
      call,
      call.context,
      () => original.apply(this, args),
      () => {},
    );
  };
}

function streaming(original: Method, tracer: () => Tracer, started: Started): Method {
  return function stream(this: unknown, ...args) {
    const call = start(tracer, started, this, args);
    const source = original.apply(this, args) as AsyncIterator<unknown>;
    if (call === undefined) return source;
    return followIterator(iterateIn(source, call.context), lease(call), {
      isAround: true,
      onChunk: () => undefined,
    });
  };
}

function start(
  tracer: () => Tracer,
  started: Started,
  runnable: unknown,
  args: readonly unknown[],
): GenAiCall | undefined {
  let call: GenAiCall | undefined;
  aside(() => {
    const found = started(runnable, args);
    if (found === undefined) return;
    const { key, name } = found;
    const operation = key === GEN_AI_AGENT_NAME ? 'invoke_agent' : 'invoke_workflow';
    const attributes: Attributes = { [key]: name };
    call = startGenAiCall(tracer(), {
      operation,
      name: `${operation} ${name}`,
      kind: SpanKind.INTERNAL,
      attributes,
    });
  });
  return call;
}

/** What a graph was called when it was compiled; `LangGraph` for one without a name. */
function graphName(runnable: unknown, config: unknown): string {
  const { name } = runnable as { name?: unknown };
  if (typeof name === 'string' && name !== '') return nameOf(runnable, config);
  const { runName } = (config ?? {}) as { runName?: unknown };
  return typeof runName === 'string' && runName !== '' ? runName : 'LangGraph';
}
