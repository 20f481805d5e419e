/** What in the namespaces of GenAI libraries is a fact about a call. Everything else there counts as content. */
const FACTS: ReadonlySet<string> = new Set([
  // OpenTelemetry, today and before.
  ...under('gen_ai', [
    'operation.name system provider.name framework conversation.id output.type token.type workflow.name',
    'agent.id agent.name agent.description agent.version',
    'tool.name tool.type tool.description tool.call.id data_source.id prompt.name evaluation.name',
    'evaluation.score.label guardrail.name guardrail.status guardrail.error.type serialized.name',
    'request.model request.encoding_formats request.stop_sequences request.reasoning.level request.reasoning_effort',
    'request.previous_response.id request.previous_response_id request.thinking_type request.service_tier',
    'request.image.size request.image.quality request.image.style request.type request.is_stream',
    'response.id response.model response.finish_reasons response.finish_reason response.service_tier',
    'response.system_fingerprint response.status usage.input_token_details usage.output_token_details',
    'openai.request.service_tier openai.request.response_format openai.response.service_tier',
    'openai.response.system_fingerprint openai.api.type',
  ]),
  ...under('openai', [
    'request.service_tier response.service_tier response.system_fingerprint api.type api_type api_base api_version',
  ]),
  // The Vercel AI SDK.
  ...under('ai', [
    'operationId model.id model.provider settings.output settings.mode settings.stopSequences telemetry.functionId',
    'response.id response.model response.timestamp response.finishReason finishReason toolCall.name toolCall.id',
    'schema.name sdk.version ranking.type',
  ]),
  // OpenLLMetry, OpenInference, LiteLLM.
  ...under('llm', [
    'request.type is_streaming streaming vendor user api_base model_name request.model_name response.model_name',
    'request.model response.model provider system finish_reason response.finish_reason response.stop_reason',
    'chat.stop_sequences prompt_template.version request.id',
  ]),
  ...under('traceloop', [
    'span.kind workflow.name entity.name entity.path entity.version correlation.id prompt.key prompt.version',
    'prompt.version_name prompt.version_hash',
  ]),
  ...under('litellm', ['call_id model model_id request_id version']),
  'openinference.span.kind',
  'openinference.project.name',
  'input.mime_type',
  'output.mime_type',
  'agent.name',
  'graph.node.id',
  'graph.node.name',
  'graph.node.parent_id',
  'tool.id',
  'tool.name',
  'tool.description',
  'tool_call.id',
  'tool_call.function.name',
  'tool.call_id',
  'tool_call_id',
  'tool_name',
  'message.role',
  'embedding.model_name',
  'reranker.model_name',
  'prompt.id',
  'prompt.vendor',
  'response.model',
  'request.model',
  'request.id',
  'response.id',
  // LangSmith.
  ...under('langsmith', [
    'span.kind span.id trace.id span.dotted_order span.parent_id trace.name trace.session_id trace.session_name',
    'span.tags usage_metadata reference_example_id traceable traceable_parent_otel_span_id is_root',
    'metadata.ls_provider metadata.ls_model_name metadata.ls_model_type metadata.ls_temperature',
    'metadata.ls_max_tokens metadata.ls_run_depth metadata.ls_method metadata.ls_integration metadata.revision_id',
  ]),
  // Langfuse.
  ...under('langfuse', [
    'observation.type observation.level observation.model.name observation.usage_details observation.cost_details',
    'observation.completion_start_time observation.prompt.name observation.prompt.version environment release version',
    'session.id user.id trace.name trace.public trace.tags internal.as_root internal.is_app_root experiment.id',
    'experiment.name experiment.dataset.id experiment.item.id experiment.item.root_observation_id',
  ]),
  // Google ADK.
  ...under('gcp.vertex.agent', ['event_id invocation_id session_id']),
  ...under('adk', ['node.path node.run_id node.status workflow.name']),
  // MCP.
  ...under('mcp', [
    'method.name session.id protocol.version request.id resource.uri tool.name prompt.name server.name client.name',
    'server.version client.version transport',
  ]),
  ...under('genkit', ['type name path state isRoot sessionId'], ':'),
  ...under('mlflow', ['spanType traceRequestId spanFunctionName']),
  ...under('lmnr', [
    'span.type span.path span.ids_path span.instrumentation_source association.properties.session_id',
  ]),
]);

function under(namespace: string, names: readonly string[], separator = '.'): string[] {
  return names.flatMap((line) => line.split(' ')).map((name) => `${namespace}${separator}${name}`);
}

/** Parts of messages that say who spoke, why it ended, which tool was called: never what was said. */
const IN_MESSAGES =
  /^(?:gen_ai\.(?:prompt|completion)\.\d+|llm\.(?:input_messages|output_messages|request\.functions|tools)\.\d+|retrieval\.documents\.\d+|reranker\.(?:input|output)_documents\.\d+)\.(?:message\.)?(?:role|finish_reason|name|id|document\.id|document\.score|(?:message\.)?tool_call_id|tool_calls\.\d+\.(?:tool_call\.)?(?:id|name|type|function\.name)|function_call\.name|function_call_name)$/;

/** Maps of the app's own. What looks like a name of something is a fact; a text need not be. */
const METADATA =
  /^(?:ai\.telemetry\.metadata|traceloop\.association\.properties|langsmith\.metadata|langfuse\.(?:observation|trace)\.metadata|metadata|litellm\.metadata|lmnr\.association\.properties)\.(.+)$/;
const NAMING =
  /(?:^|[._-]|(?<=[a-z0-9]))(?:ids?|Ids?|ID|uuid|UUID|[nN]ame|[vV]ersion|[eE]nv|[eE]nvironment|[rR]egion|[tT]ier|[pP]lan|[tT]ype|[kK]ind|[rR]elease|[lL]ocale|[lL]anguage|[tT]ags?|agent|thread|session|user|tenant|customer|feature|team|org|langgraph_node|langgraph_step)$/;

/** Whether an attribute in a namespace of a GenAI library is a fact about the call. */
export function isFactKey(key: string, value: unknown): boolean {
  if (FACTS.has(key) || IN_MESSAGES.test(key)) return true;
  const own = METADATA.exec(key)?.[1];
  if (own === undefined) return false;
  return typeof value === 'number' || typeof value === 'boolean' || NAMING.test(own);
}
