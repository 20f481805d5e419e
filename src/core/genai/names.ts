import type { AttributeValue } from '@opentelemetry/api';

/** What libraries call a provider, in lower case without separators, and what the conventions call it. */
const PROVIDERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    azure: 'azure.ai.openai',
    azureopenai: 'azure.ai.openai',
    azaiopenai: 'azure.ai.openai',
    azureaiopenai: 'azure.ai.openai',
    azureai: 'azure.ai.inference',
    azureaifoundry: 'azure.ai.inference',
    azaiinference: 'azure.ai.inference',
    azureaiinference: 'azure.ai.inference',
    aws: 'aws.bedrock',
    awsbedrock: 'aws.bedrock',
    bedrock: 'aws.bedrock',
    bedrockconverse: 'aws.bedrock',
    amazonbedrock: 'aws.bedrock',
    google: 'gcp.gemini',
    googlegenai: 'gcp.gemini',
    googlegenerativeai: 'gcp.gemini',
    gemini: 'gcp.gemini',
    gcpgemini: 'gcp.gemini',
    gcpgenai: 'gcp.gen_ai',
    vertex: 'gcp.vertex_ai',
    vertexai: 'gcp.vertex_ai',
    vertexaibeta: 'gcp.vertex_ai',
    googlevertex: 'gcp.vertex_ai',
    googlevertexai: 'gcp.vertex_ai',
    gcpvertexai: 'gcp.vertex_ai',
    gcpvertexagent: 'gcp.vertex_ai',
    mistral: 'mistral_ai',
    mistralai: 'mistral_ai',
    moonshot: 'moonshot_ai',
    moonshotai: 'moonshot_ai',
    xai: 'x_ai',
    grok: 'x_ai',
    watsonx: 'ibm.watsonx.ai',
    watson: 'ibm.watsonx.ai',
    ibmwatsonxai: 'ibm.watsonx.ai',
    ...Object.fromEntries(
      ['openai', 'anthropic', 'cohere', 'deepseek', 'groq', 'perplexity'].map((each) => [each, each]),
    ),
  }),
);

/** Frameworks and proxies say who they are where they should say whom they asked. */
const NO_PROVIDERS = new Set(['langchain', 'llamaindex', 'llama_index', 'litellm', 'ai_sdk', 'unknown']);

/**
 * The convention's name of a provider; one it does not know comes back in lower case. `openai.responses`, as the
 * Vercel AI SDK writes it, is `openai`; undefined for what is a framework.
 */
export function providerName(value: AttributeValue): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const lower = value.toLowerCase();
  if (NO_PROVIDERS.has(lower)) return undefined;
  const whole = PROVIDERS.get(squeezed(lower));
  if (whole !== undefined || !lower.includes('.')) return whole ?? lower;
  const [first = '', second = ''] = lower.split('.');
  return PROVIDERS.get(squeezed(first + second)) ?? PROVIDERS.get(squeezed(first)) ?? lower;
}

function squeezed(name: string): string {
  return name.replace(/[\s._-]/g, '');
}

/** Operations of the conventions, and what dialects call them. */
const OPERATIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    chat: ['chat', 'llm', 'generation', 'call_llm', 'prompt'],
    text_completion: ['completion', 'text_completion'],
    generate_content: ['generate_content'],
    embeddings: ['embedding', 'embeddings'],
    retrieval: ['rerank', 'reranker', 'retriever', 'retrieval'],
    execute_tool: ['tool', 'execute_tool'],
    invoke_agent: ['agent', 'invoke_agent'],
    create_agent: ['create_agent'],
    invoke_workflow: ['workflow', 'chain', 'invoke_workflow'],
    plan: ['plan'],
  }).flatMap(([operation, names]) => names.map((name) => [name, operation] as const)),
);

/** The convention's operation for what a dialect calls a kind of span or request; undefined if there is none. */
export function operationName(value: AttributeValue): string | undefined {
  return typeof value === 'string' ? OPERATIONS.get(value.toLowerCase()) : undefined;
}

/** Operations that are no call of a model: they hold calls. */
const AROUND_CALLS = new Set(['execute_tool', 'invoke_agent', 'create_agent', 'invoke_workflow', 'plan']);
/** Operations that are one, whether or not they say of which. */
const MODEL_CALLS = new Set(['chat', 'text_completion', 'generate_content', 'embeddings']);

/**
 * Whether a span of this operation is one call of a model. A search asks a model only where it names one: reranking
 * does, a retriever does not; the same for an operation nobody knows.
 */
export function isModelCall(operation: unknown, model: unknown): boolean {
  if (typeof operation === 'string' && AROUND_CALLS.has(operation)) return false;
  return (typeof operation === 'string' && MODEL_CALLS.has(operation)) || typeof model === 'string';
}

/** A finish reason as providers write it; the Vercel AI SDK has hyphens. */
export function finishReasons(value: AttributeValue): AttributeValue | undefined {
  const list = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  const reasons = list.flatMap((each) => (typeof each === 'string' && each.trim() ? [each.trim()] : []));
  return reasons.length === 0 ? undefined : reasons.map((each) => each.replaceAll('-', '_'));
}
