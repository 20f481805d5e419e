import { context, SpanKind } from '@opentelemetry/api';
import {
  GEN_AI_OPERATION_NAME,
  GEN_AI_RETRIEVAL_DOCUMENTS,
  GEN_AI_RETRIEVAL_QUERY_TEXT,
  GEN_AI_RETRIEVAL_TOP_K,
} from '../../src/core/attributes.ts';
import { aside } from '../aside.ts';
import { GenAiCall } from '../genai-call.ts';
import { follow, nameOf, type Wrapping } from './wrapping.ts';

/** A retriever: a search, with whatever it takes (embeddings, a database) below it. */
export const retrieving: Wrapping = (original, tracer) =>
  function retrieve(this: unknown, ...args) {
    let call: GenAiCall | undefined;
    aside(() => {
      const parent = context.active();
      const { k } = this as { k?: unknown };
      const attributes = {
        [GEN_AI_OPERATION_NAME]: 'retrieval',
        ...(typeof k === 'number' && { [GEN_AI_RETRIEVAL_TOP_K]: k }),
      };
      const options = { kind: SpanKind.CLIENT, attributes };
      const span = tracer().startSpan(`retrieval ${nameOf(this, args[1])}`, options, parent);
      // What runs below it is no part of a call of a model: a model asked there is a call of its own.
      call = new GenAiCall(span, parent, false);
      call.content('prompts', GEN_AI_RETRIEVAL_QUERY_TEXT, () => args[0]);
    });
    const started = call;
    if (started === undefined) return original.apply(this, args);
    return follow(
      started,
      started.context,
      () => original.apply(this, args),
      (documents) => {
        if (!Array.isArray(documents)) return;
        started.content('prompts', GEN_AI_RETRIEVAL_DOCUMENTS, () =>
          documents.map(({ id, pageContent }) => ({ ...(id !== undefined && { id }), content: pageContent })),
        );
      },
    );
  };
