import type { DuckDBValue } from '@duckdb/node-api';
import { attributeTest, VALUE_LIMIT } from '../query/attribute-test.ts';
import type { AttributeCondition, SpanFilter, Window } from '../query/query.ts';
import { routeParts, spanTest } from '../query/span-filter.ts';

/** Conditions as SQL with bound values: nothing from a query ever stands in the text of a statement. */
export class Conditions {
  readonly values: DuckDBValue[] = [];

  /** The parameter that stands for a value. */
  bind(value: DuckDBValue): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  /** @throws AgentlogError USAGE as {@link spanTest}. */
  ofSpan(filter: SpanFilter = {}): string {
    spanTest(filter);
    const { spanId, linkedTraceId, exceptionType, exceptionFingerprint } = filter;
    const { service, route, name, isEntry, isError, httpStatus, minDurationMs, maxDurationMs } = filter;
    const parts: string[] = [];
    if (service !== undefined) parts.push(`service = ${this.bind(service)}`);
    if (route !== undefined) parts.push(this.#route(route));
    if (spanId !== undefined) parts.push(`span_id = ${this.bind(spanId)}`);
    // Links are a list of [trace id, …]; attributes of a link have their own brackets within quotes.
    if (linkedTraceId !== undefined)
      parts.push(`ifnull(contains(links, ${this.bind(`["${linkedTraceId}","`)}), false)`);
    if (exceptionType !== undefined) parts.push(`exception_type = ${this.bind(exceptionType)}`);
    if (exceptionFingerprint !== undefined)
      parts.push(`exception_fingerprint = ${this.bind(exceptionFingerprint)}`);
    if (name !== undefined) parts.push(`name = ${this.bind(name)}`);
    if (isEntry !== undefined) parts.push(`is_entry = ${this.bind(isEntry)}`);
    if (isError !== undefined) parts.push(`is_error = ${this.bind(isError)}`);
    if (httpStatus?.endsWith('xx'))
      parts.push(`trunc(http_status / 100) = ${this.bind(Number(httpStatus[0]))}`);
    else if (httpStatus !== undefined) parts.push(`http_status = ${this.bind(Number(httpStatus))}`);
    if (minDurationMs !== undefined) parts.push(`duration_ms >= ${this.bind(minDurationMs)}`);
    if (maxDurationMs !== undefined) parts.push(`duration_ms <= ${this.bind(maxDurationMs)}`);
    for (const condition of filter.attributes ?? []) parts.push(this.ofAttribute(condition));
    return all(parts);
  }

  /** @throws AgentlogError USAGE for an expression that cannot be used. */
  ofAttribute(condition: AttributeCondition): string {
    attributeTest(condition);
    const key = this.bind(condition.key);
    const value = `CASE WHEN map_contains(attributes, ${key}) THEN attributes[${key}] ELSE resource[${key}] END`;
    const isThere = `(map_contains(attributes, ${key}) OR map_contains(resource, ${key}))`;
    if (condition.op === 'exists') return isThere;
    const fits = this.#valueTest(condition);
    const members = `CASE WHEN json_type(${value}) = 'ARRAY' THEN CAST(${value} AS JSON[]) ELSE [] END`;
    return `(${isThere} AND (${fits(value)} OR len(list_filter(${members}, lambda member: ${fits('member')})) > 0))`;
  }

  /** By the column that says when. */
  ofWindow({ sinceUnixNano, untilUnixNano }: Window, column: string): string {
    const parts: string[] = [];
    if (sinceUnixNano !== undefined) parts.push(`${column} >= ${this.bind(sinceUnixNano)}::UBIGINT`);
    if (untilUnixNano !== undefined) parts.push(`${column} < ${this.bind(untilUnixNano)}::UBIGINT`);
    return all(parts);
  }

  #route(route: string): string {
    const { method, path } = routeParts(route);
    const isPath = `http_route = ${this.bind(path)}`;
    return method === undefined ? isPath : `(${isPath} AND http_method = ${this.bind(method)})`;
  }

  #valueTest(condition: Exclude<AttributeCondition, { op: 'exists' }>): (value: string) => string {
    if (condition.op === 'matches') {
      const pattern = this.bind(condition.pattern);
      const text = (value: string): string =>
        `CASE json_type(${value}) WHEN 'VARCHAR' THEN ${value} ->> '$' ELSE ${value}::VARCHAR END`;
      return (value) =>
        `coalesce(regexp_matches(substring(${text(value)}, 1, ${VALUE_LIMIT}), ${pattern}), false)`;
    }
    const wanted = this.bind(condition.value);
    switch (typeof condition.value) {
      case 'string':
        return (value) =>
          `coalesce(json_type(${value}) = 'VARCHAR' AND (${value} ->> '$') = ${wanted}, false)`;
      case 'number':
        return (value) =>
          `coalesce(CASE WHEN ${isNumber(value)} THEN ${value}::DOUBLE = ${wanted} END, false)`;
      default:
        return (value) =>
          `coalesce(json_type(${value}) = 'BOOLEAN' AND (${value}::VARCHAR = 'true') = ${wanted}, false)`;
    }
  }
}

/** Whether a JSON value is a number. */
export function isNumber(value: string): string {
  return `json_type(${value}) IN ('BIGINT', 'UBIGINT', 'DOUBLE', 'HUGEINT')`;
}

/** All of them; true for none. */
export function all(parts: readonly string[]): string {
  return parts.length === 0 ? 'true' : parts.join(' AND ');
}
