// Version 0.3, without the packages that want a newer core.
import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, AIMessageChunk } from '@langchain/core/messages';
import { ChatGenerationChunk } from '@langchain/core/outputs';
import { BaseRetriever } from '@langchain/core/retrievers';
import { RunnableLambda, RunnableSequence } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { run } from './langchain-scenarios.mjs';

const core = { BaseChatModel, AIMessage, AIMessageChunk, ChatGenerationChunk, BaseRetriever };
await run({ ...core, RunnableLambda, RunnableSequence, tool });
