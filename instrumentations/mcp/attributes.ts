import type { Attributes } from '@opentelemetry/api';
import {
  ERROR_TYPE,
  GEN_AI_OPERATION_NAME,
  GEN_AI_PROMPT_NAME,
  GEN_AI_TOOL_ARGUMENTS_HASH,
  GEN_AI_TOOL_NAME,
  JSONRPC_REQUEST_ID,
  MCP_METHOD_NAME,
  MCP_PROTOCOL_VERSION,
  MCP_RESOURCE_URI,
  MCP_SESSION_ID,
  NETWORK_PROTOCOL_NAME,
  NETWORK_TRANSPORT,
  RPC_RESPONSE_STATUS_CODE,
  SERVER_ADDRESS,
  SERVER_PORT,
} from '../../src/core/attributes.ts';
import { argumentsHash } from '../../src/core/genai/arguments-hash.ts';
import { isFields, paramOf, type Request, type Response } from './messages.ts';

/** `{method} {tool or prompt}`; a resource's address would make a name of its own for each resource. */
export function spanName(request: Request): string {
  const target = targetOf(request);
  return target === undefined ? request.method : `${request.method} ${target}`;
}

/** What a request says about itself; of the arguments of a tool only their hash. */
export function requestAttributes(request: Request): Attributes {
  const { method } = request;
  const attributes: Attributes = { [MCP_METHOD_NAME]: method, [JSONRPC_REQUEST_ID]: String(request.id) };
  const target = targetOf(request);
  if (method === 'tools/call') {
    attributes[GEN_AI_OPERATION_NAME] = 'execute_tool';
    if (target !== undefined) attributes[GEN_AI_TOOL_NAME] = target;
    const hash = argumentsHash(paramOf(request, 'arguments') ?? {});
    if (hash !== undefined) attributes[GEN_AI_TOOL_ARGUMENTS_HASH] = hash;
  } else if (target !== undefined) attributes[GEN_AI_PROMPT_NAME] = target;
  const uri = paramOf(request, 'uri');
  if (method.startsWith('resources/') && typeof uri === 'string') attributes[MCP_RESOURCE_URI] = uri;
  return attributes;
}

function targetOf(request: Request): string | undefined {
  if (request.method !== 'tools/call' && request.method !== 'prompts/get') return undefined;
  const name = paramOf(request, 'name');
  return typeof name === 'string' && name !== '' ? name : undefined;
}

export interface Failure {
  readonly attributes: Attributes;
  readonly message: string | undefined;
}

/** What went wrong according to an answer; undefined for one that is well. */
export function failureOf({ error, result }: Response): Failure | undefined {
  if (isFields(error)) {
    const code = String(error.code ?? '_OTHER');
    const message = typeof error.message === 'string' ? error.message : undefined;
    return { attributes: { [ERROR_TYPE]: code, [RPC_RESPONSE_STATUS_CODE]: code }, message };
  }
  if (isFields(result) && result.isError === true) {
    return { attributes: { [ERROR_TYPE]: 'tool_error' }, message: undefined };
  }
  return undefined;
}

/** A transport of the library or of the app; what is looked at may all be missing. */
export interface TransportFacts {
  readonly sessionId?: unknown;
  readonly protocolVersion?: unknown;
  readonly _url?: unknown;
}

/** How messages travel: a pipe, or HTTP to an address. Nothing for a transport we do not know. */
export function transportAttributes(transport: TransportFacts): Attributes {
  const name = transport.constructor.name;
  if (/stdio/i.test(name)) return { [NETWORK_TRANSPORT]: 'pipe' };
  if (!/http|sse/i.test(name)) return {};
  const attributes: Attributes = { [NETWORK_TRANSPORT]: 'tcp', [NETWORK_PROTOCOL_NAME]: 'http' };
  const url = transport._url;
  if (url instanceof URL) {
    attributes[SERVER_ADDRESS] = url.hostname;
    attributes[SERVER_PORT] = url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port);
  }
  return attributes;
}

/** What is known of a session when a request ends: the first answer brings its id. */
export function sessionAttributes(transport: TransportFacts, version: string | undefined): Attributes {
  const attributes: Attributes = {};
  const { sessionId, protocolVersion } = transport;
  if (typeof sessionId === 'string' && sessionId !== '') attributes[MCP_SESSION_ID] = sessionId;
  const known = version ?? protocolVersion;
  if (typeof known === 'string') attributes[MCP_PROTOCOL_VERSION] = known;
  return attributes;
}
