import { findBundled, unhookedLibraries } from './bundled.ts';
import type { InstrumentationMember } from './instrumentation.ts';
import {
  type InstrumentationPlan,
  type LoadedInstrumentations,
  type LoadOptions,
  loadMembers,
  planMembers,
} from './load.ts';
import { prisma } from './prisma.ts';
import { upstream } from './upstream.ts';

/** The registry: every instrumentation we carry, in the order they are loaded. */
export const instrumentations: readonly InstrumentationMember[] = [
  ...upstream,
  prisma,
  { name: 'bunyan', libraries: ['bunyan'], module: './bunyan', exportName: 'Bunyan' },
  { name: 'bullmq', libraries: ['bullmq'], module: './bullmq', exportName: 'BullMqInstrumentation' },
  {
    name: 'scheduled',
    libraries: ['node-cron', 'node-schedule'],
    module: './scheduled',
    exportName: 'ScheduledInstrumentation',
  },
  { name: 'fastify', libraries: ['fastify'], module: './fastify', exportName: 'FastifyInstrumentation' },
  {
    name: 'winston-transport',
    libraries: ['winston'],
    module: './winston-transport',
    exportName: 'WinstonTransport',
  },
  { name: 'process-metrics', libraries: [], module: './process-metrics', exportName: 'ProcessMetrics' },
  {
    name: 'console',
    libraries: [],
    module: './console',
    exportName: 'ConsoleInstrumentation',
    // Only with AGENTLOG_CONSOLE.
    config: { enabled: false },
  },
  { name: 'openai', libraries: ['openai'], module: './openai/openai', exportName: 'OpenAIInstrumentation' },
  {
    name: 'langchain',
    libraries: ['@langchain/core', '@langchain/langgraph'],
    module: './langchain/langchain',
    exportName: 'LangChainInstrumentation',
    specifiers: [
      ...['language_models/chat_models', 'language_models/llms', 'tools', 'retrievers', 'runnables'].map(
        (path) => `@langchain/core/${path}`,
      ),
      'node_modules/@langchain/langgraph/dist/pregel/index.js',
      'node_modules/@langchain/langgraph/dist/utils.js',
    ],
  },
  {
    name: 'vercel-ai',
    libraries: ['ai'],
    module: './vercel-ai/vercel-ai',
    exportName: 'VercelAiInstrumentation',
  },
  {
    name: 'mcp',
    libraries: ['@modelcontextprotocol/client', '@modelcontextprotocol/server', '@modelcontextprotocol/sdk'],
    module: './mcp/mcp',
    exportName: 'McpInstrumentation',
    specifiers: ['client', 'client/index.js', 'server', 'server/index.js', 'server/mcp.js'].map(
      (path) => `@modelcontextprotocol/sdk/${path}`,
    ),
  },
  {
    name: 'anthropic',
    libraries: ['@anthropic-ai/sdk'],
    module: './anthropic/anthropic',
    exportName: 'AnthropicInstrumentation',
  },
  {
    name: 'google-genai',
    libraries: ['@google/genai'],
    module: './google-genai/google-genai',
    exportName: 'GoogleGenAIInstrumentation',
  },
];

/**
 * Builds the instrumentations of the libraries this app has; synchronous, never throws.
 *
 * Nothing is loaded of a library the app does not have. Each instrumentation is enabled by its constructor,
 * so call this once, after the global providers are set or with `registerInstrumentations` after it.
 */
export function loadInstrumentations(options: LoadOptions): LoadedInstrumentations {
  return loadMembers(instrumentations, options);
}

/** What {@link loadInstrumentations} would do in this app; loads nothing, never throws. */
export function planInstrumentations(options: LoadOptions): InstrumentationPlan {
  return planMembers(instrumentations, options);
}

/** Libraries we could hook that the app has not loaded so far. */
export function unhooked(loaded: LoadedInstrumentations): string[] {
  return unhookedLibraries(instrumentations, loaded);
}

export { findBundled, type InstrumentationPlan, type LoadedInstrumentations };
