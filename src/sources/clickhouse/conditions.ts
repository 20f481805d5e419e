import { EXCEPTION_FINGERPRINT, HTTP_ROUTE } from '../../core/attributes.ts';
import { attributeTest, VALUE_LIMIT } from '../../store/query/attribute-test.ts';
import type { AttributeCondition, SpanFilter, Window } from '../../store/query/query.ts';
import { routeParts, spanTest } from '../../store/query/span-filter.ts';
import { wordSearch } from '../../store/query/words.ts';
import { DURATION_MS, EXCEPTION, HTTP_STATUS, IS_ENTRY, IS_ERROR, METHOD, numberIn } from './columns.ts';
import type { Parameters } from './parameters.ts';

/** Holds the attributes of a row itself; those of its resource are asked after. */
type OwnColumn = 'SpanAttributes' | 'LogAttributes';

/**
 * A filter as SQL.
 * @throws AgentlogError USAGE for an expression or a status that means nothing.
 */
export function spanCondition(filter: SpanFilter = {}, parameters: Parameters): string {
  spanTest(filter);
  const {
    service,
    route,
    spanId,
    linkedTraceId,
    exceptionType,
    exceptionFingerprint,
    name,
    httpStatus,
    minDurationMs,
    maxDurationMs,
  } = filter;
  const parts: string[] = [];
  const equal = (column: string, value: string | number): void => {
    parts.push(`ifNull(${column} = ${parameters.bind(value)}, 0)`);
  };
  if (service !== undefined) parts.push(serviceCondition(service, parameters));
  if (route !== undefined) {
    const { method, path } = routeParts(route);
    parts.push(`mapContains(SpanAttributes, '${HTTP_ROUTE}')`);
    equal(`SpanAttributes['${HTTP_ROUTE}']`, path);
    if (method !== undefined) equal(METHOD, method);
  }
  if (spanId !== undefined) equal('SpanId', spanId);
  if (linkedTraceId !== undefined) parts.push(`has(Links.TraceId, ${parameters.bind(linkedTraceId)})`);
  if (exceptionType !== undefined) equal(EXCEPTION, exceptionType);
  if (exceptionFingerprint !== undefined) {
    parts.push(`mapContains(SpanAttributes, '${EXCEPTION_FINGERPRINT}')`);
    equal(`SpanAttributes['${EXCEPTION_FINGERPRINT}']`, exceptionFingerprint);
  }
  if (name !== undefined) equal('SpanName', name);
  if (filter.isEntry !== undefined) parts.push(filter.isEntry ? IS_ENTRY : `NOT ${IS_ENTRY}`);
  if (filter.isError !== undefined) parts.push(filter.isError ? IS_ERROR : `NOT ${IS_ERROR}`);
  if (httpStatus?.endsWith('xx')) equal(`trunc(${HTTP_STATUS} / 100)`, Number(httpStatus[0]));
  else if (httpStatus !== undefined) equal(HTTP_STATUS, Number(httpStatus));
  if (minDurationMs !== undefined) parts.push(`${DURATION_MS} >= ${parameters.bind(minDurationMs)}`);
  if (maxDurationMs !== undefined) parts.push(`${DURATION_MS} <= ${parameters.bind(maxDurationMs)}`);
  for (const condition of filter.attributes ?? [])
    parts.push(attributeCondition(condition, 'SpanAttributes', parameters));
  return all(parts);
}

/** Its own column is what the tables are sorted by; it is empty for a service without a name, too. */
export function serviceCondition(service: string, parameters: Parameters): string {
  return `(ServiceName = ${parameters.bind(service)} AND mapContains(ResourceAttributes, 'service.name'))`;
}

/**
 * The exporter keeps every value as text, so a value fits as the text and as the number that it may have been.
 * @throws AgentlogError USAGE for an expression that cannot be used.
 */
export function attributeCondition(
  condition: AttributeCondition,
  column: OwnColumn,
  parameters: Parameters,
): string {
  attributeTest(condition);
  const key = parameters.bind(condition.key);
  const isThere = `(mapContains(${column}, ${key}) OR mapContains(ResourceAttributes, ${key}))`;
  if (condition.op === 'exists') return isThere;
  const value = `if(mapContains(${column}, ${key}), ${column}[${key}], ResourceAttributes[${key}])`;
  const members = `if(startsWith(${value}, '['), JSONExtractArrayRaw(${value}), [])`;
  const { ofText, ofMember } = valueTest(condition, parameters);
  return `(${isThere} AND (${ofText(value)} OR arrayExists(member -> ${ofMember('member')}, ${members})))`;
}

interface ValueTest {
  ofText(text: string): string;
  /** The same of a member of a list, which is JSON. */
  ofMember(json: string): string;
}

function valueTest(
  condition: Exclude<AttributeCondition, { op: 'exists' }>,
  parameters: Parameters,
): ValueTest {
  if (condition.op === 'matches') {
    // As in JavaScript, a point is no end of a line.
    const pattern = parameters.bind(`(?-s)${condition.pattern}`);
    const fits = (text: string): string => `match(substringUTF8(${text}, 1, ${VALUE_LIMIT}), ${pattern})`;
    return {
      ofText: fits,
      ofMember: (json) => fits(`if(startsWith(${json}, '"'), JSONExtractString(${json}), ${json})`),
    };
  }
  const { value } = condition;
  if (typeof value === 'number') {
    const wanted = parameters.bind(value);
    const fits = (text: string): string => `ifNull(${numberIn(text)} = ${wanted}, 0)`;
    return { ofText: fits, ofMember: fits };
  }
  const wanted = parameters.bind(String(value));
  const isText = typeof value === 'string';
  return {
    ofText: (text) => `${text} = ${wanted}`,
    ofMember: (json) =>
      isText
        ? `(startsWith(${json}, '"') AND JSONExtractString(${json}) = ${wanted})`
        : `${json} = ${wanted}`,
  };
}

export function windowCondition({ sinceUnixNano, untilUnixNano }: Window, parameters: Parameters): string {
  const parts: string[] = [];
  if (sinceUnixNano !== undefined) parts.push(`Timestamp >= ${parameters.bindTime(sinceUnixNano)}`);
  if (untilUnixNano !== undefined) parts.push(`Timestamp < ${parameters.bindTime(untilUnixNano)}`);
  return all(parts);
}

/** One condition for each word of a text. */
export function wordConditions(
  text: string | undefined,
  parameters: Parameters,
): ((column: string) => string)[] {
  return (wordSearch(text)?.words ?? []).map((word) => {
    const wanted = parameters.bind(word);
    return (column) => `position(${column}, ${wanted}) > 0`;
  });
}

/** All of them; true for none. */
export function all(parts: readonly string[]): string {
  return parts.length === 0 ? '1' : parts.join(' AND ');
}
