import type { AttributeValue } from '@opentelemetry/api';

/** What libraries call a provider, in lower case without separators, and what the conventions call it. */
const PROVIDERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    azure: 'azure.ai.openai',
    azureopenai: 'azure.ai.openai',
    azaiopenai: 'azure.ai.openai',
    azureaiopenai: 'azure.ai.openai',
    azaiinference: 'azure.ai.inference',
    azureaiinference: 'azure.ai.inference',
    aws: 'aws.bedrock',
    awsbedrock: 'aws.bedrock',
    bedrock: 'aws.bedrock',
    amazonbedrock: 'aws.bedrock',
    google: 'gcp.gemini',
    gemini: 'gcp.gemini',
    gcpgemini: 'gcp.gemini',
    gcpgenai: 'gcp.gen_ai',
    vertex: 'gcp.vertex_ai',
    vertexai: 'gcp.vertex_ai',
    gcpvertexai: 'gcp.vertex_ai',
    mistral: 'mistral_ai',
    mistralai: 'mistral_ai',
    moonshot: 'moonshot_ai',
    moonshotai: 'moonshot_ai',
    xai: 'x_ai',
    watsonx: 'ibm.watsonx.ai',
    ibmwatsonxai: 'ibm.watsonx.ai',
  }),
);

/** The convention's name of a provider; one it does not know comes back in lower case. */
export function providerName(value: AttributeValue): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const lower = value.toLowerCase();
  return PROVIDERS.get(lower.replace(/[\s._-]/g, '')) ?? lower;
}

const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['chat', 'chat'],
  ['completion', 'text_completion'],
  ['embedding', 'embeddings'],
  ['rerank', 'retrieval'],
]);

/** The convention's operation for OpenLLMetry's request type; undefined if there is none. */
export function operationName(value: AttributeValue): string | undefined {
  return typeof value === 'string' ? OPERATIONS.get(value) : undefined;
}
