import type { ContentKind } from './content-policy.ts';
import { isFactKey } from './fact-keys.ts';
import { isGenAiKey } from './namespaces.ts';

/** `unknown`: nobody has said that it is a fact, so it is recorded only where all content is. */
export type FoundContent = ContentKind | 'unknown';

/** Keys without a namespace, or in one that others use as well: content only beside keys of a GenAI library. */
const SHARED =
  /^(?:(?:input|output|embedding|retrieval|reranker|tool|tool_call|message|message_content|document|image|audio|video|prompt|graph|agent|metadata|annotation|evaluation|request|response|haystack|crewai|smolagents|agno)\.|(?:all_messages_events|agent_messages|answer|args|arguments|completion|completions|context|crew_agents|crew_inputs|crew_tasks|documents|events|final_result|function_args|hidden_params|input|inputs|input_messages|kwargs|logprobs|message|messages|metadata|model_request_parameters|output|outputs|output_messages|prompt|prompts|proxy_server_request|query|question|request|request_data|response|response_data|result|standard_logging_object|system|system_instructions|system_prompt|task_description|text|tool_arguments|tool_calls|tool_definitions|tool_response|tools|user_prompt)$)/;

const TOOLS =
  /^(?:gen_ai\.tool\.(?:definitions|call\.(?:arguments|result)|arguments|parameters|input|output|result|message)|ai\.toolCall\.|ai\.prompt\.tool|ai\.(?:response|result)\.toolCalls|llm\.(?:tools|request\.functions|function_call)|tool\.|tool_call\.|tool_|tools$|function_args|gcp\.vertex\.agent\.tool_|mcp\.|crewai\.tool)|\.(?:tool_calls?|function_call)(?:\.|$|_arguments)|\.(?:arguments|tool_result)$/;

const COMPLETIONS =
  /^(?:gen_ai\.(?:output|completion|choice|assistant|response|content\.completion|guardrail\.output)|ai\.(?:response|result|embedding|ranking)|llm\.(?:output_messages|completions|response)|output(?:\.|s?$|_messages)|completions?$|answer|final_result|result$|response|traceloop\.entity\.output|langfuse\.(?:observation|trace)\.output|gcp\.vertex\.agent\.llm_response|mlflow\.spanOutputs|genkit:output|lmnr\.span\.output|braintrust\.output|reranker\.output|logprobs)/;

const PROMPTS =
  /^(?:gen_ai\.(?:input|prompt|system_instructions|system\.|user|content\.prompt|retrieval|guardrail\.input)|ai\.(?:prompt|values?$|schema|documents)|llm\.(?:input_messages|prompts|prompt_template)|input(?:\.|s?$|_messages)|prompts?$|prompt\.|messages?$|query|question|user_prompt|system|traceloop\.(?:entity\.input|prompt)|langfuse\.(?:observation|trace)\.input|gcp\.vertex\.agent\.llm_request|mlflow\.spanInputs|genkit:input|lmnr\.span\.input|braintrust\.input|embedding\.|retrieval\.|reranker\.|document|request)/;

/** Counts and settings live beside what was said. */
const MEASURED = /^(?:gen_ai|ai|llm)\.(?:request|response|settings|retrieval|guardrail|embeddings)\./;

/**
 * What kind of content an attribute of a GenAI span, event or record is; undefined for a fact.
 *
 * A list of facts, not of content: a key nobody knows in the namespace of a GenAI library is content, unless its
 * value is a number or a truth value. A key outside those namespaces is the app's own and a fact, but for names like
 * `messages`. `isTool`: the span is the call of a tool, so what went in and came out of it is that.
 */
export function contentKind(key: string, value: unknown, isTool = false): FoundContent | undefined {
  const isNumber = typeof value === 'number' || typeof value === 'boolean';
  const kind = isNumber ? judged(key, value) : remembered(key, value);
  if (kind === undefined) return undefined;
  if (isNumber && (kind === 'unknown' || MEASURED.test(key))) return undefined;
  return isTool && kind !== 'unknown' ? 'tools' : kind;
}

/** Libraries write the same keys again and again; those of indexed messages are many. */
const MAX_MEMO = 2_000;
const memo = new Map<string, FoundContent | null>();

/** The answer for a key whose value is neither a number nor a truth value: it hangs on the key alone. */
function remembered(key: string, value: unknown): FoundContent | undefined {
  let kind = memo.get(key);
  if (kind === undefined) {
    kind = judged(key, value) ?? null;
    if (memo.size >= MAX_MEMO) memo.clear();
    if (key.length <= 256) memo.set(key, kind);
  }
  return kind ?? undefined;
}

function judged(key: string, value: unknown): FoundContent | undefined {
  return isLibraryKey(key) && !isFactKey(key, value) ? named(key) : undefined;
}

function named(key: string): FoundContent {
  if (TOOLS.test(key)) return 'tools';
  if (COMPLETIONS.test(key)) return 'completions';
  return PROMPTS.test(key) ? 'prompts' : 'unknown';
}

/** Whether a key of a GenAI span may be content at all: it is not the app's own. */
export function isLibraryKey(key: string): boolean {
  return isGenAiKey(key) || SHARED.test(key);
}
