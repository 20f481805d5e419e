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

/** Which characters such a key can begin with, so that most keys are done with after a look at the first. */
const FIRST = new Uint8Array(128);
for (const name of OWN) FIRST[name.charCodeAt(0)] = 1;

/** Whether the key belongs to a GenAI library alone. */
export function isGenAiKey(key: string): boolean {
  if (FIRST[key.charCodeAt(0)] !== 1) return false;
  for (let index = 0; index < OWN.length; index++) if (key.startsWith(OWN[index] as string)) return true;
  return false;
}

/** Whether a span or record was made by, or tells of, a GenAI library. Asked for each span there is. */
export function hasGenAiKey(attributes: object): boolean {
  for (const key in attributes) if (isGenAiKey(key)) return true;
  return false;
}
