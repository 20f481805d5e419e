/**
 * Every attribute key this project reads or writes, with a line of meaning each.
 *
 * Semantic conventions 1.45 (https://opentelemetry.io/docs/specs/semconv/) unless a line says otherwise.
 * GenAI: https://github.com/open-telemetry/semantic-conventions-genai (August 2026, in development).
 * Keys that begin with `agentlog.` are ours.
 */

// ── database ────────────────────────────────────────────────────────────────────────────────────────
export const DB_SYSTEM_NAME = 'db.system.name';
/** Before 1.26: the name of the system. */
export const OLD_DB_SYSTEM = 'db.system';
export const DB_NAMESPACE = 'db.namespace';
export const DB_QUERY_TEXT = 'db.query.text';
/** Before 1.26: the statement. */
export const OLD_DB_STATEMENT = 'db.statement';
/** `{operation} {target} …`, at most 255 characters; the name of a database span. */
export const DB_QUERY_SUMMARY = 'db.query.summary';
export const DB_OPERATION_NAME = 'db.operation.name';
export const DB_COLLECTION_NAME = 'db.collection.name';

/** 16 hex digits that are equal for statements equal but for their values. */
export const DB_SIGNATURE = 'agentlog.db.signature';
/** On the local root: how many queries ran below it. */
export const DB_QUERY_COUNT = 'agentlog.db.query_count';
/** On the local root: Σ(n − 1) over the signatures repeated below it. */
export const DB_DUPLICATE_COUNT = 'agentlog.db.duplicate_count';

// ── N+1: parallel arrays, worst first, on the common parent; the worst one also on the local root ─────
/** Signatures of the repeated statements. */
export const N_PLUS_ONE_SIGNATURE = 'agentlog.n_plus_one.signature';
/** Their summaries. */
export const N_PLUS_ONE_SUMMARY = 'agentlog.n_plus_one.summary';
/** How often each ran. */
export const N_PLUS_ONE_COUNT = 'agentlog.n_plus_one.count';
/** How long they took in all, in milliseconds. */
export const N_PLUS_ONE_DURATION_MS = 'agentlog.n_plus_one.duration_ms';
/** sequential | parallel | duplicate | chatty_writes | http | tool. */
export const N_PLUS_ONE_KIND = 'agentlog.n_plus_one.kind';
/** problem (≥ 5 repeats and ≥ 50 ms in all, or ≥ 20 repeats) | note (≥ 5). */
export const N_PLUS_ONE_SEVERITY = 'agentlog.n_plus_one.severity';

// ── where in the code a call was made ───────────────────────────────────────────────────────────────
/** Absolute path of the first file of the application on the stack, as written (source-mapped). */
export const CODE_FILE_PATH = 'code.file.path';
export const CODE_LINE_NUMBER = 'code.line.number';
export const CODE_FUNCTION_NAME = 'code.function.name';

// ── exceptions ──────────────────────────────────────────────────────────────────────────────────────
export const EXCEPTION_TYPE = 'exception.type';
export const EXCEPTION_MESSAGE = 'exception.message';
export const EXCEPTION_STACKTRACE = 'exception.stacktrace';
export const ERROR_TYPE = 'error.type';
/** 16 hex digits that are equal for errors of one cause: type, first in-app file, function. */
export const EXCEPTION_FINGERPRINT = 'agentlog.exception.fingerprint';

// ── what was done to a span ─────────────────────────────────────────────────────────────────────────
/** How many values of the span or log record were masked. */
export const REDACTION_COUNT = 'agentlog.redaction.count';
/** How many values of the span or log record were cut short or stand as a mark, because it was too large. */
export const CUT_COUNT = 'agentlog.cut.count';
/** The process died before the span ended; its end is the time of death. */
export const SPAN_UNFINISHED = 'agentlog.span.unfinished';

// ── the process ─────────────────────────────────────────────────────────────────────────────────────
/** Names of the settings that the process was given, never their values: on the resource, in the local files alone. */
export const CONFIGURATION_NAMES = 'agentlog.configuration.names';

// ── HTTP, service ───────────────────────────────────────────────────────────────────────────────────
export const HTTP_REQUEST_METHOD = 'http.request.method';
export const HTTP_RESPONSE_STATUS_CODE = 'http.response.status_code';
/** As proxies write it: the client closed the connection before there was any answer. No answer has this status. */
export const CLIENT_CLOSED_REQUEST = 499;
/** How often the request was sent again after the first time. */
export const HTTP_REQUEST_RESEND_COUNT = 'http.request.resend_count';
export const HTTP_ROUTE = 'http.route';
export const URL_FULL = 'url.full';
export const URL_PATH = 'url.path';
export const SERVER_ADDRESS = 'server.address';
export const SERVER_PORT = 'server.port';
export const SERVICE_NAME = 'service.name';
export const SERVICE_VERSION = 'service.version';
/** The git revision the app runs from. https://opentelemetry.io/docs/specs/semconv/registry/attributes/vcs/ */
export const VCS_REF_HEAD_REVISION = 'vcs.ref.head.revision';

// ── GenAI ───────────────────────────────────────────────────────────────────────────────────────────
export const GEN_AI_OPERATION_NAME = 'gen_ai.operation.name';
export const GEN_AI_PROVIDER_NAME = 'gen_ai.provider.name';
export const GEN_AI_CONVERSATION_ID = 'gen_ai.conversation.id';
export const GEN_AI_OUTPUT_TYPE = 'gen_ai.output.type';
export const GEN_AI_REQUEST_MODEL = 'gen_ai.request.model';
export const GEN_AI_REQUEST_MAX_TOKENS = 'gen_ai.request.max_tokens';
export const GEN_AI_REQUEST_TEMPERATURE = 'gen_ai.request.temperature';
export const GEN_AI_REQUEST_TOP_P = 'gen_ai.request.top_p';
export const GEN_AI_REQUEST_STREAM = 'gen_ai.request.stream';
export const GEN_AI_REQUEST_SEED = 'gen_ai.request.seed';
export const GEN_AI_REQUEST_CHOICE_COUNT = 'gen_ai.request.choice.count';
export const GEN_AI_REQUEST_FREQUENCY_PENALTY = 'gen_ai.request.frequency_penalty';
export const GEN_AI_REQUEST_PRESENCE_PENALTY = 'gen_ai.request.presence_penalty';
export const GEN_AI_REQUEST_STOP_SEQUENCES = 'gen_ai.request.stop_sequences';
export const GEN_AI_REQUEST_TOP_K = 'gen_ai.request.top_k';
/** How hard the model was told to think: none, low, medium, high. */
export const GEN_AI_REQUEST_REASONING_LEVEL = 'gen_ai.request.reasoning.level';
export const GEN_AI_REQUEST_PREVIOUS_RESPONSE_ID = 'gen_ai.request.previous_response.id';
export const GEN_AI_REQUEST_ENCODING_FORMATS = 'gen_ai.request.encoding_formats';
export const GEN_AI_EMBEDDINGS_DIMENSION_COUNT = 'gen_ai.embeddings.dimension.count';
export const GEN_AI_RESPONSE_ID = 'gen_ai.response.id';
export const GEN_AI_RESPONSE_MODEL = 'gen_ai.response.model';
export const GEN_AI_RESPONSE_FINISH_REASONS = 'gen_ai.response.finish_reasons';
/** Seconds. */
export const GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK = 'gen_ai.response.time_to_first_chunk';
/** Includes cached tokens. */
export const GEN_AI_USAGE_INPUT_TOKENS = 'gen_ai.usage.input_tokens';
export const GEN_AI_USAGE_OUTPUT_TOKENS = 'gen_ai.usage.output_tokens';
export const GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS = 'gen_ai.usage.cache_read.input_tokens';
export const GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS = 'gen_ai.usage.cache_write.input_tokens';
export const GEN_AI_USAGE_REASONING_OUTPUT_TOKENS = 'gen_ai.usage.reasoning.output_tokens';
export const GEN_AI_TOOL_NAME = 'gen_ai.tool.name';
/** Event on a model call: the client sent the request again. */
export const GEN_AI_RETRY_EVENT = 'agentlog.gen_ai.retry';
/** Which request of the call it is: 2 for the first retry. */
export const GEN_AI_RETRY_ATTEMPT = 'agentlog.gen_ai.retry.attempt';
/** How long the provider asked to wait, in seconds. */
export const GEN_AI_RETRY_AFTER_S = 'agentlog.gen_ai.retry.after_s';
export const GEN_AI_INPUT_MESSAGES = 'gen_ai.input.messages';
export const GEN_AI_OUTPUT_MESSAGES = 'gen_ai.output.messages';
export const GEN_AI_SYSTEM_INSTRUCTIONS = 'gen_ai.system_instructions';
export const GEN_AI_TOOL_DEFINITIONS = 'gen_ai.tool.definitions';
export const GEN_AI_TOOL_CALL_ID = 'gen_ai.tool.call.id';
export const GEN_AI_TOOL_DESCRIPTION = 'gen_ai.tool.description';
export const GEN_AI_TOOL_TYPE = 'gen_ai.tool.type';
/** Content: opt-in. */
export const GEN_AI_TOOL_CALL_ARGUMENTS = 'gen_ai.tool.call.arguments';
/** Content: opt-in. */
export const GEN_AI_TOOL_CALL_RESULT = 'gen_ai.tool.call.result';
/** 16 hex digits, equal for the same arguments within one process; keyed, so it does not tell them. */
export const GEN_AI_TOOL_ARGUMENTS_HASH = 'agentlog.gen_ai.tool.arguments_hash';
export const GEN_AI_AGENT_NAME = 'gen_ai.agent.name';
export const GEN_AI_WORKFLOW_NAME = 'gen_ai.workflow.name';
export const GEN_AI_PROMPT_NAME = 'gen_ai.prompt.name';
export const GEN_AI_DATA_SOURCE_ID = 'gen_ai.data_source.id';
export const GEN_AI_RETRIEVAL_TOP_K = 'gen_ai.retrieval.top_k';
/** Content: opt-in. */
export const GEN_AI_RETRIEVAL_QUERY_TEXT = 'gen_ai.retrieval.query.text';
/** Content: opt-in. */
export const GEN_AI_RETRIEVAL_DOCUMENTS = 'gen_ai.retrieval.documents';
/** How many chunks a streamed answer came in. */
export const GEN_AI_CHUNK_COUNT = 'agentlog.gen_ai.chunk_count';
/** What one call cost, in US dollars; absent for a model whose price is not known. */
export const GEN_AI_COST_USD = 'agentlog.gen_ai.cost_usd';
/** The table of prices the cost comes from, with its version and date. */
export const GEN_AI_COST_SOURCE = 'agentlog.gen_ai.cost_source';
/** Input and output tokens by the model's context window: near 1 the model forgets or refuses. */
export const GEN_AI_CONTEXT_RATIO = 'agentlog.gen_ai.context_ratio';
/** On the spans of agents and workflows and on the entry span: all calls below, each counted once. */
export const GEN_AI_TOTAL_COST_USD = 'agentlog.gen_ai.total_cost_usd';
export const GEN_AI_TOTAL_INPUT_TOKENS = 'agentlog.gen_ai.total_input_tokens';
export const GEN_AI_TOTAL_OUTPUT_TOKENS = 'agentlog.gen_ai.total_output_tokens';
export const GEN_AI_CALL_COUNT = 'agentlog.gen_ai.call_count';
/** How many attributes with prompts or answers were left out of the span or log record. */
export const GEN_AI_CONTENT_DROPPED = 'agentlog.gen_ai.content_dropped';

// ── MCP and JSON-RPC ────────────────────────────────────────────────────────────────────────────────
/** The name of the request: `tools/call`, `initialize`, … */
export const MCP_METHOD_NAME = 'mcp.method.name';
export const MCP_PROTOCOL_VERSION = 'mcp.protocol.version';
export const MCP_RESOURCE_URI = 'mcp.resource.uri';
export const MCP_SESSION_ID = 'mcp.session.id';
export const JSONRPC_REQUEST_ID = 'jsonrpc.request.id';
/** The error code of a JSON-RPC answer, as text. */
export const RPC_RESPONSE_STATUS_CODE = 'rpc.response.status_code';
export const NETWORK_PROTOCOL_NAME = 'network.protocol.name';
/** `pipe` for stdio, `tcp` for HTTP. */
export const NETWORK_TRANSPORT = 'network.transport';
