// Answers one question: a LangGraph agent that looks into its notes, asks a model, and calls tools over MCP. There
// is no line of telemetry in it but the span around it all, which gives the trace its name and prints its id.

import { fileURLToPath } from 'node:url';
import { BaseRetriever } from '@langchain/core/retrievers';
import { tool } from '@langchain/core/tools';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { ToolNode } from '@langchain/langgraph/prebuilt';
import { ChatOpenAI } from '@langchain/openai';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { trace } from '@opentelemetry/api';

const NOTES = [
  'A parcel that left the depot arrives the next working day.',
  'Refunds go back to the card that paid.',
  'Orders above 50 euro are shipped for free.',
];

/** As simple as a retriever can be: the notes that share the most words with the question. */
class Notes extends BaseRetriever {
  lc_namespace = ['examples', 'agent'];
  k = 2;

  async _getRelevantDocuments(question) {
    const asked = new Set(question.toLowerCase().split(/\W+/));
    const shared = (note) =>
      note
        .toLowerCase()
        .split(/\W+/)
        .filter((word) => asked.has(word)).length;
    const best = NOTES.toSorted((a, b) => shared(b) - shared(a)).slice(0, this.k);
    return best.map((pageContent) => ({ pageContent, metadata: {} }));
  }
}

await trace.getTracer('examples/agent').startActiveSpan('answer a customer', async (span) => {
  const client = new Client({ name: 'agent', version: '1.0.0' });
  try {
    const server = fileURLToPath(new URL('tools-server.mjs', import.meta.url));
    const env = { ...process.env, OTEL_SERVICE_NAME: 'tools' };
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [server], env }));
    const answer = await ask(await toolsOf(client), process.env.QUESTION);
    console.log(JSON.stringify({ answer, traceId: span.spanContext().traceId }));
  } finally {
    await client.close();
    span.end();
  }
});

/** Each tool of the server as a tool of LangChain, by the same name. */
async function toolsOf(client) {
  const { tools } = await client.listTools();
  return tools.map(({ name, description, inputSchema }) =>
    tool(
      async (args) => {
        const { content } = await client.callTool({ name, arguments: args });
        return content.map(({ text }) => text).join('\n');
      },
      { name, description, schema: inputSchema },
    ),
  );
}

async function ask(tools, question) {
  const notes = new Notes();
  const model = new ChatOpenAI({ model: 'gpt-4o-mini', temperature: 0 }).bindTools(tools);
  const recall = async ({ messages }) => {
    const found = await notes.invoke(messages.at(-1).content);
    const text = found.map(({ pageContent }) => `- ${pageContent}`).join('\n');
    return { messages: [{ role: 'system', content: `What we know:\n${text}` }] };
  };
  const think = async ({ messages }) => ({ messages: [await model.invoke(messages)] });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('recall', recall)
    .addNode('think', think)
    .addNode('tools', new ToolNode(tools))
    .addEdge(START, 'recall')
    .addEdge('recall', 'think')
    .addConditionalEdges('think', ({ messages }) => (messages.at(-1).tool_calls?.length ? 'tools' : END))
    .addEdge('tools', 'think')
    .compile({ name: 'support' });
  const { messages } = await graph.invoke({ messages: [{ role: 'user', content: question }] });
  return messages.at(-1).content;
}
