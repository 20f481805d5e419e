/**
 * Beginnings of keys that only GenAI libraries write: OpenTelemetry, the Vercel AI SDK, Google ADK, OpenLLMetry and
 * LiteLLM, OpenInference, LangSmith, Langfuse, MCP, MLflow, Pydantic AI, Genkit, Laminar, Braintrust, Weave.
 */
const OWN = [
  'gen_ai.',
  'gcp.vertex.agent',
  'genkit:',
  'ai.',
  'adk.',
  'llm.',
  'langsmith.',
  'langfuse.',
  'lmnr.',
  'litellm.',
  'openinference.',
  'openai.',
  'traceloop.',
  'mcp.',
  'mlflow.',
  'pydantic_ai.',
  'braintrust.',
  'weave.',
] as const;

/** By the first character, so that most keys are done with after a look at it. */
const BY_FIRST: readonly (readonly string[] | undefined)[] = (() => {
  const table: string[][] = [];
  for (const name of OWN) {
    const code = name.charCodeAt(0);
    const list = table[code] ?? [];
    table[code] = list;
    list.push(name);
  }
  return table;
})();

/** Whether the key belongs to a GenAI library alone. */
export function isGenAiKey(key: string): boolean {
  const names = BY_FIRST[key.charCodeAt(0)];
  if (names === undefined) return false;
  for (let index = 0; index < names.length; index++) if (key.startsWith(names[index] as string)) return true;
  return false;
}

/** Whether a span or record was made by, or tells of, a GenAI library. Asked for each span there is. */
export function hasGenAiKey(attributes: object): boolean {
  for (const key in attributes) if (isGenAiKey(key)) return true;
  return false;
}
