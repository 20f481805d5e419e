/** The last labels of a host, and who answers there. Everyone else who speaks OpenAI's API counts as `openai`. */
const HOSTS: readonly (readonly [string, string])[] = [
  ['openai.azure.com', 'azure.ai.openai'],
  ['cognitiveservices.azure.com', 'azure.ai.openai'],
  ['services.ai.azure.com', 'azure.ai.inference'],
  ['models.ai.azure.com', 'azure.ai.inference'],
  ['models.github.ai', 'azure.ai.inference'],
  ['api.groq.com', 'groq'],
  ['api.deepseek.com', 'deepseek'],
  ['api.x.ai', 'x_ai'],
  ['api.mistral.ai', 'mistral_ai'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.moonshot.ai', 'moonshot_ai'],
  ['api.moonshot.cn', 'moonshot_ai'],
  ['api.anthropic.com', 'anthropic'],
  ['api.cohere.ai', 'cohere'],
  ['api.cohere.com', 'cohere'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['amazonaws.com', 'aws.bedrock'],
];

export interface Provider {
  readonly provider: string;
  readonly address?: string;
  readonly port?: number;
}

/** Who a client of the `openai` package talks to, by its class and its `baseURL`. Never throws. */
export function providerOf(client: unknown): Provider {
  const { baseURL, constructor: Client } = (client ?? {}) as {
    baseURL?: unknown;
    constructor?: { name?: string };
  };
  const url = typeof baseURL === 'string' ? URL.parse(baseURL) : null;
  if (url === null) return { provider: 'openai' };
  const address = url.hostname;
  const port = url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port);
  return { provider: providerAt(address, Client?.name), address, port };
}

function providerAt(host: string, clientClass: string | undefined): string {
  if (clientClass === 'AzureOpenAI') return 'azure.ai.openai';
  if (clientClass === 'BedrockOpenAI') return 'aws.bedrock';
  return (
    HOSTS.find(
      ([suffix]) => host === suffix || host.endsWith(`.${suffix}`) || isRegional(host, suffix),
    )?.[1] ?? 'openai'
  );
}

/** Vertex has `europe-west1-aiplatform.googleapis.com`. */
function isRegional(host: string, suffix: string): boolean {
  return suffix === 'aiplatform.googleapis.com' && host.endsWith(`-${suffix}`);
}
