import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, AIMessageChunk } from '@langchain/core/messages';
import { ChatGenerationChunk } from '@langchain/core/outputs';
import { BaseRetriever } from '@langchain/core/retrievers';
import { RunnableLambda, RunnableSequence } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { createReactAgent, ToolNode } from '@langchain/langgraph/prebuilt';
import { ChatOpenAI } from '@langchain/openai';
import { run } from './langchain-scenarios.mjs';

const core = { BaseChatModel, AIMessage, AIMessageChunk, ChatGenerationChunk, BaseRetriever };
const graph = { StateGraph, MessagesAnnotation, START, END, ToolNode, createReactAgent, ChatOpenAI };
await run({ ...core, RunnableLambda, RunnableSequence, tool, ...graph });
