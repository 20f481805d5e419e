import type { Attributes, HrTime } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { SPAN_FLAGS } from '../span.ts';
import { Encoded, type Origin } from './encoded.ts';
import { encodeAttributes, encodeValue, quote } from './json.ts';
import { keptForms } from './kept-forms.ts';

const utf8 = new TextEncoder();

/** A span of which the attributes are given beside it. */
export type BareSpan = Omit<ReadableSpan, 'attributes'>;

/** One span as the OTLP/JSON object of `scopeSpans.spans`. Fields at their default are left out. */
export function encodeSpan(span: BareSpan & Origin, attributes: Attributes): Encoded {
  const head = headOf(span);
  const tail = tailOf(span);
  const forms = tail === '}' ? keptForms(attributes) : undefined;
  if (forms === undefined) return Encoded.ofText(head + attributesOf(attributes) + tail, span);
  forms.json ??= utf8.encode(attributesOf(attributes) + tail);
  return Encoded.ofText(head, span, forms.json);
}

function headOf(span: BareSpan): string {
  const context = span.spanContext();
  const parent = span.parentSpanContext;
  let out = `{"traceId":"${context.traceId}","spanId":"${context.spanId}"`;
  if (parent?.spanId) out += `,"parentSpanId":"${parent.spanId}"`;
  const traceState = context.traceState?.serialize();
  if (traceState) out += `,"traceState":${quote(traceState)}`;
  out += `,"flags":${spanFlags(context.traceFlags, parent?.isRemote)},"name":${quote(span.name)},"kind":${span.kind + 1}`;
  return `${out},"startTimeUnixNano":"${nanos(span.startTime)}","endTimeUnixNano":"${nanos(span.endTime)}"`;
}

function attributesOf(attributes: Attributes): string {
  return list('attributes', encodeAttributes(attributes));
}

/** What few spans have besides the bracket. */
function tailOf(span: BareSpan): string {
  let out = count('droppedAttributesCount', span.droppedAttributesCount);
  out += list('events', joined(span.events, encodeEvent));
  out += count('droppedEventsCount', span.droppedEventsCount);
  out += list('links', joined(span.links, encodeLink));
  out += count('droppedLinksCount', span.droppedLinksCount);
  const { code, message } = span.status;
  if (code !== 0) out += `,"status":{"code":${code}${message ? `,"message":${quote(message)}` : ''}}`;
  return `${out}}`;
}

/** One log record as the OTLP/JSON object of `scopeLogs.logRecords`. */
export function encodeLogRecord(log: ReadableLogRecord): string {
  let out = `{"timeUnixNano":"${nanos(log.hrTime)}","observedTimeUnixNano":"${nanos(log.hrTimeObserved)}"`;
  if (log.severityNumber !== undefined) out += `,"severityNumber":${log.severityNumber}`;
  if (log.severityText) out += `,"severityText":${quote(log.severityText)}`;
  if (log.eventName) out += `,"eventName":${quote(log.eventName)}`;
  if (log.body !== undefined) out += `,"body":${encodeValue(log.body, 0)}`;
  out += list('attributes', encodeAttributes(log.attributes));
  out += count('droppedAttributesCount', log.droppedAttributesCount);
  const context = log.spanContext;
  if (context) {
    out += `,"flags":${context.traceFlags},"traceId":"${context.traceId}","spanId":"${context.spanId}"`;
  }
  return `${out}}`;
}

/** The `resource` object, with what it has `beside` its own attributes. Those that have not settled yet are left out. */
export function encodeResource(resource: Resource, beside?: object): string {
  const attributes = beside === undefined ? resource.attributes : { ...resource.attributes, ...beside };
  return `{"attributes":[${encodeAttributes(attributes)}]}`;
}

/** The `scope` object. */
export function encodeScope(
  scope: InstrumentationScope & { attributes?: object; droppedAttributesCount?: number },
): string {
  let out = `{"name":${quote(scope.name)}`;
  if (scope.version) out += `,"version":${quote(scope.version)}`;
  if (scope.attributes) out += list('attributes', encodeAttributes(scope.attributes));
  return `${out}${count('droppedAttributesCount', scope.droppedAttributesCount ?? 0)}}`;
}

/** The second that was written last, and its digits: the next is mostly the same. */
let lastSecond = 0;
let lastDigits = '0';

/** Nanoseconds since the epoch as a decimal string: a double cannot hold them. */
function nanos(time: HrTime): string {
  const seconds = Math.trunc(time[0]);
  const rest = Math.trunc(time[1]);
  if (seconds > 0 && rest >= 0 && rest < 1e9) {
    if (seconds !== lastSecond) {
      lastSecond = seconds;
      lastDigits = String(seconds);
    }
    return lastDigits + String(rest + 1e9).slice(1);
  }
  const total = BigInt(seconds) * 1_000_000_000n + BigInt(rest);
  return (total > 0n ? total : 0n).toString();
}

function encodeEvent(event: ReadableSpan['events'][number]): string {
  const attributes = event.attributes ? list('attributes', encodeAttributes(event.attributes)) : '';
  const dropped = count('droppedAttributesCount', event.droppedAttributesCount ?? 0);
  return `{"timeUnixNano":"${nanos(event.time)}","name":${quote(event.name)}${attributes}${dropped}}`;
}

function encodeLink(link: ReadableSpan['links'][number]): string {
  const { context } = link;
  let out = `{"traceId":${quote(context.traceId)},"spanId":${quote(context.spanId)}`;
  const traceState = context.traceState?.serialize();
  if (traceState) out += `,"traceState":${quote(traceState)}`;
  if (link.attributes) out += list('attributes', encodeAttributes(link.attributes));
  out += count('droppedAttributesCount', link.droppedAttributesCount ?? 0);
  return `${out},"flags":${spanFlags(context.traceFlags, context.isRemote)}}`;
}

/** Of a span or a link: of its context, and whether that (of a span: its parent's) came from elsewhere. */
export function spanFlags(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | SPAN_FLAGS.hasIsRemote | (isRemote ? SPAN_FLAGS.isRemote : 0);
}

function joined<T>(items: readonly T[], encode: (item: T) => string): string {
  return items.length === 0 ? '' : items.map(encode).join(',');
}

function list(name: string, items: string): string {
  return items === '' ? '' : `,"${name}":[${items}]`;
}

function count(name: string, value: number): string {
  return value > 0 ? `,"${name}":${value}` : '';
}
