/** What the table looks at of a span. */
interface Recorded {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string }[];
}

/** What can be captured of a model call, and how it is recognised on the spans of a run. */
const CAPABILITIES = {
  chat: (spans) => spans.some((span) => /^(?:chat|generate_content)$/.test(operation(span))),
  embeddings: (spans) => spans.some((span) => operation(span) === 'embeddings'),
  tokens: (spans) =>
    spans.some((span) => has(span, 'usage.input_tokens') && has(span, 'usage.output_tokens')),
  'cached tokens': (spans) => spans.some((span) => has(span, 'usage.cache_read.input_tokens')),
  'reasoning tokens': (spans) => spans.some((span) => has(span, 'usage.reasoning.output_tokens')),
  'finish reason': (spans) => spans.some((span) => has(span, 'response.finish_reasons')),
  streaming: (spans) =>
    spans.some((span) => has(span, 'request.stream') && has(span, 'response.time_to_first_chunk')),
  'tokens of a stream': (spans) =>
    spans.some((span) => has(span, 'response.time_to_first_chunk') && has(span, 'usage.output_tokens')),
  retries: (spans) =>
    spans.some((span) => span.events.some((event) => event.name === 'agentlog.gen_ai.retry')),
  'error and status': (spans) =>
    spans.some(
      ({ attributes }) =>
        attributes['error.type'] !== undefined && attributes['http.response.status_code'] !== undefined,
    ),
  tools: (spans) => spans.some((span) => operation(span) === 'execute_tool'),
  agents: (spans) => spans.some((span) => /^(?:invoke_agent|invoke_workflow)$/.test(operation(span))),
  'content (if on)': (spans) =>
    spans.some((span) => has(span, 'input.messages') && has(span, 'output.messages')),
  'arguments and results of tools (if on)': (spans) =>
    spans.some((span) => has(span, 'tool.call.arguments') && has(span, 'tool.call.result')),
} as const satisfies Record<string, (spans: readonly Recorded[]) => boolean>;

export type Capability = keyof typeof CAPABILITIES;

export const CAPABILITY_NAMES: readonly Capability[] = Object.keys(CAPABILITIES) as Capability[];

export interface LibraryCapabilities {
  readonly library: string;
  /** Major versions whose runs are the evidence. */
  readonly versions: string;
  readonly captures: readonly Capability[];
}

/** What is seen of a model call however it is made. */
const MODEL_CALL: readonly Capability[] = [
  'chat',
  'tokens',
  'cached tokens',
  'finish reason',
  'streaming',
  'tokens of a stream',
  'error and status',
];

const EVERY_CLIENT: readonly Capability[] = [...MODEL_CALL, 'reasoning tokens', 'retries', 'content (if on)'];

/** The table of the README. Each row is held by a test of its library to what its runs show, no more and no less. */
export const GENAI_LIBRARIES: readonly LibraryCapabilities[] = [
  { library: 'openai', versions: '6, 7', captures: [...EVERY_CLIENT, 'embeddings'] },
  { library: '@anthropic-ai/sdk', versions: '0.13x, 1', captures: EVERY_CLIENT },
  { library: '@google/genai', versions: '2, 3', captures: [...EVERY_CLIENT, 'embeddings'] },
  {
    library: '@aws-sdk/client-bedrock-runtime',
    versions: '3',
    captures: MODEL_CALL,
  },
  {
    library: '@langchain/core',
    versions: '1',
    captures: [
      ...MODEL_CALL,
      'reasoning tokens',
      'tools',
      'agents',
      'content (if on)',
      'arguments and results of tools (if on)',
    ],
  },
  {
    library: 'ai',
    versions: '7',
    captures: [...EVERY_CLIENT, 'embeddings', 'tools', 'agents', 'arguments and results of tools (if on)'],
  },
  {
    library: '@modelcontextprotocol/*',
    versions: '1, 2',
    captures: ['tools', 'arguments and results of tools (if on)'],
  },
  {
    library: 'HTTP',
    versions: 'without a library',
    captures: [...MODEL_CALL, 'embeddings', 'reasoning tokens'],
  },
];

/** What these spans show, in the order of the table. */
export function capabilitiesOf(spans: readonly Recorded[]): Capability[] {
  return CAPABILITY_NAMES.filter((name) => CAPABILITIES[name](spans));
}

/** What the table says of a library, in the order of the table. */
export function declaredFor(library: string): Capability[] {
  const captures = GENAI_LIBRARIES.find((row) => row.library === library)?.captures ?? [];
  return CAPABILITY_NAMES.filter((name) => captures.includes(name));
}

function operation(span: Recorded): string {
  return String(span.attributes['gen_ai.operation.name']);
}

function has(span: Recorded, key: string): boolean {
  return span.attributes[`gen_ai.${key}`] !== undefined;
}
