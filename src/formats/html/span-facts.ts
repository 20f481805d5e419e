import type { Bundle } from '../../bundles/bundle.ts';
import {
  DB_QUERY_TEXT,
  DB_SYSTEM_NAME,
  HTTP_REQUEST_METHOD,
  HTTP_RESPONSE_STATUS_CODE,
  HTTP_ROUTE,
  OLD_DB_STATEMENT,
  OLD_DB_SYSTEM,
  SERVER_ADDRESS,
  URL_FULL,
} from '../../core/attributes.ts';
import { SPAN_KIND, type Span } from '../../core/span.ts';
import { dollars } from '../numbers.ts';
import type { Family, PageSpan } from './page-data.ts';

const DETAIL_LIMIT = 300;

/** What the row of a span says beside its name. */
export type SpanFacts = Pick<PageSpan, 'detail' | 'family' | 'chips'>;

type LlmCall = Bundle['llmCalls'][number];

/** A function that says of each span of the bundle what kind of work it is and what its name leaves out. */
export function spanFacts({ llmCalls, toolCalls }: Bundle): (span: Span) => SpanFacts {
  const models = new Map(llmCalls.map((call) => [call.spanId, call]));
  const tools = new Set(toolCalls.map((call) => call.spanId));
  return (span) => {
    const call = models.get(span.spanId);
    const family = familyOf(span, call !== undefined, tools.has(span.spanId));
    const detail = call === undefined ? detailOf(span, family) : call.model;
    const chips = call === undefined ? statusChips(span) : modelChips(call);
    return {
      family,
      ...(detail !== '' && detail !== span.name && { detail: detail.slice(0, DETAIL_LIMIT) }),
      ...(chips.length > 0 && { chips }),
    };
  };
}

function familyOf({ kind, attributes }: Span, isModel: boolean, isTool: boolean): Family {
  if (isModel) return 'model';
  if (isTool) return 'tool';
  if ((attributes[DB_SYSTEM_NAME] ?? attributes[OLD_DB_SYSTEM]) !== undefined) return 'database';
  if (attributes['messaging.system'] !== undefined) return 'messaging';
  if (kind === SPAN_KIND.producer || kind === SPAN_KIND.consumer) return 'messaging';
  if (kind === SPAN_KIND.server) return 'server';
  const isHttp = attributes[HTTP_REQUEST_METHOD] !== undefined || attributes[URL_FULL] !== undefined;
  if (isHttp) return 'http';
  return kind === SPAN_KIND.client ? 'client' : 'internal';
}

function detailOf({ attributes, kind, name }: Span, family: Family): string {
  const text = (key: string): string => {
    const value = attributes[key];
    return typeof value === 'string' ? value : '';
  };
  if (family === 'database') {
    const statement = text(DB_QUERY_TEXT) || text(OLD_DB_STATEMENT);
    return (statement || text(DB_SYSTEM_NAME) || text(OLD_DB_SYSTEM)).replace(/\s+/g, ' ').trim();
  }
  const route = text(HTTP_ROUTE);
  if (route !== '' && !name.includes(route)) return route;
  if (kind === SPAN_KIND.client) return text(URL_FULL) || text(SERVER_ADDRESS);
  return family === 'messaging' ? text('messaging.destination.name') : '';
}

function statusChips({ attributes }: Span): string[] {
  const status = attributes[HTTP_RESPONSE_STATUS_CODE];
  return typeof status === 'number' ? [String(status)] : [];
}

function modelChips(call: LlmCall): string[] {
  return [
    `${call.inputTokens ?? '?'}→${call.outputTokens ?? '?'} tokens`,
    call.costUsd === undefined ? '' : `$${dollars(call.costUsd)}`,
    call.trouble ?? '',
  ].filter((chip) => chip !== '');
}
