/** Keys that hold what people and models said, in the conventions and in the dialects of libraries. */
const KEYS: ReadonlySet<string> = new Set([
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.system_instructions',
  'gen_ai.tool.definitions',
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.call.result',
  'gen_ai.retrieval.query.text',
  'gen_ai.retrieval.documents',
  'gen_ai.prompt',
  'gen_ai.completion',
  'gen_ai.event.content',
  'traceloop.entity.input',
  'traceloop.entity.output',
  'input.value',
  'output.value',
  'tool.parameters',
  'tool_call.function.arguments',
  'langfuse.observation.input',
  'langfuse.observation.output',
  'langfuse.trace.input',
  'langfuse.trace.output',
  'ai.prompt',
  'ai.value',
  'ai.values',
  'ai.response.text',
  'ai.response.object',
  'ai.response.reasoning',
  'ai.response.toolCalls',
  'ai.response.files',
  'ai.toolCall.args',
  'ai.toolCall.result',
  'ai.toolCall.input',
  'ai.toolCall.output',
]);

/** `gen_ai.prompt.name` is not content, `gen_ai.prompt.0.content` is. */
const FAMILIES =
  /^(?:gen_ai\.(?:prompt|completion)\.\d|ai\.prompt\.|llm\.(?:input_messages|output_messages|prompts|completions|prompt_template|request\.functions|tools)\.|retrieval\.documents\.|reranker\.(?:query|input_documents|output_documents)|embedding\.embeddings\.)/;

/** Whether an attribute of a GenAI span or event holds a prompt, an answer, arguments or results of a tool. */
export function isContentKey(key: string): boolean {
  return KEYS.has(key) || FAMILIES.test(key);
}
