import { CUT_COUNT, GEN_AI_CONTENT_DROPPED } from '../core/attributes.ts';
import { wasCut } from '../core/redaction/cut.ts';
import type { RedactorOptions } from '../core/redaction/index.ts';
import type { Attributes } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';

/** What a reader must know before trusting or passing on a bundle. Field names may be text from telemetry. */
export interface SafetyReport {
  /** How text was masked while this bundle was built: rules beyond or short of the policy are named. */
  readonly exposure: {
    readonly policy: 'default' | 'strict' | 'off';
    readonly disabledRules: readonly string[];
    readonly enabledRules: readonly string[];
    readonly allowedKeys: readonly string[];
  };
  /** What of the payloads was recorded at all, by what is here. */
  readonly capture: {
    readonly hasModelContent: boolean;
    readonly hasHttpHeaders: boolean;
    readonly hasStatementParameters: boolean;
    readonly hasStacks: boolean;
    readonly hasLogs: boolean;
  };
  /** Fields whose values were cut short when they were stored, with how often. */
  readonly truncatedFields: ReadonlyMap<string, number>;
  /** What was left out when it was stored, in our words, with counts. */
  readonly omitted: ReadonlyMap<string, number>;
  /** Fields that whoever sends the app a request, or an answer, can write, with how many records have them. */
  readonly outsiderFields: ReadonlyMap<string, number>;
}

const FIELD_LIMIT = 40;
const OUTSIDER_KEY =
  /^(?:url\.(?:full|path|query|fragment)|http\.(?:url|target|user_agent|request\.header\..*|response\.header\..*|request\.method_original)|user_agent\.original|client\.address|enduser\..*|user\..*|session\.id|exception\.(?:message|stacktrace)|db\.(?:query\.text|statement|query\.parameter.*)|gen_ai\.(?:input\.messages|output\.messages|system_instructions|tool\.call\..*|retrieval\..*)|messaging\.message\..*|graphql\.(?:document|source)|rpc\..*\.metadata\..*|mcp\..*)$/;
const STACKS = /^exception\.stacktrace$/;
const CONTENT = /^gen_ai\.(?:input\.messages|output\.messages|system_instructions)$/;

/** The safety report of a trace that has been through the redactor. Linear; never throws. */
export function safetyOf(trace: Trace, options: RedactorOptions): SafetyReport {
  const truncated = new Map<string, number>();
  const omitted = new Map<string, number>();
  const outsider = new Map<string, number>();
  const seen = { content: false, headers: false, parameters: false, stacks: false };
  const take = (attributes: Attributes, where: string): void => {
    for (const [key, value] of Object.entries(attributes)) {
      if (isCut(value)) count(truncated, where + key);
      if (OUTSIDER_KEY.test(key)) count(outsider, where + key);
      seen.content ||= CONTENT.test(key);
      seen.headers ||= key.startsWith('http.request.header.') || key.startsWith('http.response.header.');
      seen.parameters ||= key.startsWith('db.query.parameter');
      seen.stacks ||= STACKS.test(key);
    }
    add(omitted, 'values cut short or replaced by a mark, by our limits', attributes[CUT_COUNT]);
    add(
      omitted,
      'prompts and answers, as content was not to be recorded',
      attributes[GEN_AI_CONTENT_DROPPED],
    );
  };
  for (const { attributes, events, links, status, traceState, droppedCount, name } of trace.spans) {
    take(attributes, '');
    for (const event of events) take(event.attributes, 'event.');
    for (const link of links) take(link.attributes, 'link.');
    if (status.message !== undefined) {
      count(outsider, 'status.message');
      if (wasCut(status.message)) count(truncated, 'status.message');
    }
    if (traceState !== undefined) count(outsider, 'traceState');
    if (wasCut(name)) count(truncated, 'name');
    add(omitted, 'attributes, events and links, at the limits of the SDK', droppedCount);
  }
  for (const { body, attributes } of trace.logs) {
    take(attributes, 'log.');
    count(outsider, 'log.body');
    if (isCut(body)) count(truncated, 'log.body');
  }
  return {
    exposure: {
      policy: options.policy ?? 'default',
      disabledRules: options.disable ?? [],
      enabledRules: options.enable ?? [],
      allowedKeys: options.allow ?? [],
    },
    capture: {
      hasModelContent: seen.content,
      hasHttpHeaders: seen.headers,
      hasStatementParameters: seen.parameters,
      hasStacks: seen.stacks,
      hasLogs: trace.logs.length > 0,
    },
    truncatedFields: sorted(truncated),
    omitted: sorted(omitted),
    outsiderFields: sorted(outsider),
  };
}

function isCut(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return wasCut(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || depth > 4) return false;
  return Object.values(value).some((each) => isCut(each, depth + 1));
}

function count(into: Map<string, number>, key: string): void {
  into.set(key, (into.get(key) ?? 0) + 1);
}

function add(into: Map<string, number>, key: string, value: unknown): void {
  if (typeof value === 'number' && value > 0) into.set(key, (into.get(key) ?? 0) + value);
}

/** The most frequent first. */
function sorted(counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const entries = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return new Map(entries.slice(0, FIELD_LIMIT));
}
