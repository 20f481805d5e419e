import { namedProvider } from '../src/core/genai/hosts.ts';

/** The last labels of a host, and who answers there: the conventions' names, and for others those of the price table. */
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
  ['api.openai.com', 'openai'],
  ['openrouter.ai', 'openrouter'],
  ['api.together.xyz', 'together'],
  ['api.together.ai', 'together'],
  ['api.fireworks.ai', 'fireworks'],
  ['api.cerebras.ai', 'cerebras'],
  ['ml.cloud.ibm.com', 'ibm.watsonx.ai'],
];

/** `bedrock-runtime.eu-west-1.amazonaws.com`, its FIPS and VPC endpoints; no other service of AWS. */
const BEDROCK =
  /(?:^|[.-])bedrock-(?:runtime|mantle)(?:-fips)?\..*amazonaws\.com(?:\.cn)?$|^bedrock-mantle\..*\.api\.aws$/;

export interface Provider {
  readonly provider: string;
  readonly address?: string;
  readonly port?: number;
}

/** Who a client talks to, by its class and its `baseURL`; `fallback` where neither tells. Never throws. */
export function providerOf(client: unknown, fallback = 'openai'): Provider {
  const { baseURL, constructor: Client } = (client ?? {}) as {
    baseURL?: unknown;
    constructor?: { name?: string };
  };
  const url = typeof baseURL === 'string' ? URL.parse(baseURL) : null;
  const byClass = CLASSES.get(Client?.name ?? '');
  if (url === null) return { provider: byClass ?? fallback };
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port);
  return { provider: byClass ?? providerAt(address, port) ?? fallback, address, port };
}

const CLASSES: ReadonlyMap<string, string> = new Map([
  ['AzureOpenAI', 'azure.ai.openai'],
  ['BedrockOpenAI', 'aws.bedrock'],
  ['AnthropicBedrock', 'aws.bedrock'],
  ['AnthropicBedrockMantle', 'aws.bedrock'],
  ['AnthropicVertex', 'gcp.vertex_ai'],
  ['AnthropicFoundry', 'azure.ai.inference'],
]);

/** The provider whose host this is, or which the user named for it; undefined for any other host. */
export function providerAt(host: string, port?: number): string | undefined {
  const named = namedProvider(host, port);
  if (named !== undefined) return named;
  for (const [suffix, provider] of HOSTS) {
    if (host === suffix || host.endsWith(`.${suffix}`) || isRegional(host, suffix)) return provider;
  }
  return BEDROCK.test(host) ? 'aws.bedrock' : undefined;
}

/** Vertex has `europe-west1-aiplatform.googleapis.com`. */
function isRegional(host: string, suffix: string): boolean {
  return suffix === 'aiplatform.googleapis.com' && host.endsWith(`-${suffix}`);
}
