import { EXCEPTION_FINGERPRINT } from '../../core/attributes.ts';
import { routeParts } from '../../store/query/span-filter.ts';
import type { AttributeCondition, SpanFilter } from '../source.ts';

/** A filter as TraceQL. */
export interface TraceQl {
  /** `{ … }` */
  readonly text: string;
  /** Whether it finds exactly what the filter means; else it finds more, never less. */
  readonly isExact: boolean;
}

interface Part {
  readonly text: string;
  readonly isExact: boolean;
}

const METHODS = ['span.http.request.method', 'span.http.method'];
const STATUSES = ['span.http.response.status_code', 'span.http.status_code'];
const EXACT = true;

/**
 * One span's conditions as a TraceQL span set. Every value is a literal of its type, escaped; what TraceQL cannot say
 * as we mean it (expressions) is widened and left to the check of what was fetched.
 * Language: https://grafana.com/docs/tempo/latest/traceql/construct-traceql-queries/
 */
export function spanSet(filter: SpanFilter = {}): TraceQl {
  const parts = partsOf(filter);
  return {
    text: parts.length === 0 ? '{ }' : `{ ${parts.map(({ text }) => text).join(' && ')} }`,
    isExact: parts.every(({ isExact }) => isExact),
  };
}

/** A string literal that nothing in `value` can end. */
export function literal(value: string): string {
  return JSON.stringify(value.toWellFormed());
}

/** An attribute by name in a scope (`span`, `resource`, or `''` for whichever has it); quoted when it must be. */
export function attribute(scope: string, key: string): string {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/.test(key);
  return `${scope}.${isPlain ? key : literal(key)}`;
}

function partsOf(filter: SpanFilter): Part[] {
  const { service, route, name, isEntry, isError, httpStatus, minDurationMs, maxDurationMs } = filter;
  const { exceptionFingerprint } = filter;
  const parts: Part[] = [];
  const add = (text: string, isExact = EXACT): void => void parts.push({ text, isExact });
  if (service !== undefined) add(`resource.service.name = ${literal(service)}`);
  if (route !== undefined) addRoute(route, add);
  if (exceptionFingerprint !== undefined)
    add(`${attribute('span', EXCEPTION_FINGERPRINT)} = ${literal(exceptionFingerprint)}`);
  if (name !== undefined) add(`name = ${literal(name)}`);
  // A root of the inside of an app is one only to the check: TraceQL knows a root by its place in the whole trace.
  if (isEntry === true) add('(kind = server || kind = consumer || nestedSetParent < 0)');
  if (isEntry === false) add('kind != server && kind != consumer', false);
  if (isError !== undefined) add(`status ${isError ? '=' : '!='} error`);
  if (httpStatus !== undefined) add(statusOf(httpStatus));
  if (minDurationMs !== undefined && minDurationMs > 0)
    add(`duration >= ${nanoseconds(Math.floor(minDurationMs * 1e6))}`);
  if (maxDurationMs !== undefined) add(`duration <= ${nanoseconds(Math.ceil(maxDurationMs * 1e6))}`);
  for (const condition of filter.attributes ?? []) addCondition(condition, add);
  return parts;
}

type Add = (text: string, isExact?: boolean) => void;

function addRoute(route: string, add: Add): void {
  const { method, path } = routeParts(route);
  add(`span.http.route = ${literal(path)}`);
  if (method !== undefined) add(anyOf(METHODS, (each) => `${each} = ${literal(method)}`));
}

function statusOf(wanted: string): string {
  const [, hundreds, rest] = /^([1-5])(\d\d|xx)$/.exec(wanted) ?? [];
  // Anything else was refused as USAGE before.
  if (hundreds === undefined) return anyOf(STATUSES, (each) => `${each} != nil`);
  const from = Number(hundreds) * 100;
  if (rest !== 'xx') return anyOf(STATUSES, (each) => `${each} = ${from + Number(rest)}`);
  return anyOf(STATUSES, (each) => `(${each} >= ${from} && ${each} < ${from + 100})`);
}

/** Without a scope Tempo takes the span's own attribute first, then the resource's, as we do. */
function addCondition(condition: AttributeCondition, add: Add): void {
  const name = attribute('', condition.key);
  if (condition.op === 'equals' && isSayable(condition.value)) {
    const { value } = condition;
    add(`${name} = ${typeof value === 'string' ? literal(value) : String(value)}`);
  } else add(`${name} != nil`, condition.op === 'exists');
}

/** TraceQL has no exponents. */
function isSayable(value: string | number | boolean): boolean {
  return typeof value !== 'number' || (Number.isFinite(value) && /^-?\d+(\.\d+)?$/.test(String(value)));
}

function anyOf(names: readonly string[], say: (name: string) => string): string {
  return `(${names.map(say).join(' || ')})`;
}

/** 100 years at most: Go's durations end there. */
function nanoseconds(value: number): string {
  return `${BigInt(Math.min(Math.max(0, value), 3.15e18))}ns`;
}
