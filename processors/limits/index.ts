import type { Attributes, AttributeValue, Link } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { CUT_COUNT } from '../../src/core/attributes.ts';
import type { Facts } from '../processor.ts';
import { type Budget, cutValue, MARK_COST, mark } from './cut-value.ts';
import { COST, measure, measureFields, measureValue, type Sized } from './measure.ts';

/** Ordinary values of a large record are kept before these. */
const SMALL = 1_024;
/** A longer text counts as this much: the redactor cuts it, behind a secret and not into it. */
const TEXT_LIMIT = 65_536;
/** What a record may cost: about 5 ms of redaction and encoding, text for a long model call. */
const LIMIT = 4 * TEXT_LIMIT;
/** Beyond this nobody looks: only whether a record is too large matters, and whether it is heavy to keep. */
const MEASURED = 4 * LIMIT;

type Event = ReadableSpan['events'][number];

/** What a record weighs, one a character and more for each part; at most 1,048,576 and a little. Never throws. */
export function weigh(record: Sized): number {
  try {
    return measure(record, MEASURED);
  } catch {
    // A getter of the app's. What cannot be measured is looked at with care.
    return MEASURED;
  }
}

/**
 * A span that takes no longer than about 5 ms to redact and encode: the very same one unless it is too large.
 *
 * Small attributes are kept before large ones and newer events before older ones; what is left out is counted
 * where OpenTelemetry counts it (`droppedAttributesCount`, `droppedEventsCount`, `droppedLinksCount`), what is
 * cut short says so in its place, and `agentlog.cut.count` tells how often. Facts are joined later and never cut.
 */
export function limitSpan(span: ReadableSpan, weight: number, facts: Facts): ReadableSpan {
  if (weight <= LIMIT && (facts.known !== undefined || !hasLongText(span.attributes))) return span;
  const budget: Budget = { left: LIMIT / 2, cut: 0 };
  const attributes = limitAttributes(span.attributes, budget);
  budget.left += LIMIT / 2;
  const events = limitEvents(span.events, budget);
  const links = limitLinks(span.links, budget);
  if (budget.cut > 0) facts.add(CUT_COUNT, budget.cut);
  return Object.create(span, {
    attributes: { value: attributes.kept },
    droppedAttributesCount: { value: span.droppedAttributesCount + attributes.dropped },
    events: { value: events },
    droppedEventsCount: { value: span.droppedEventsCount + span.events.length - events.length },
    links: { value: links },
    droppedLinksCount: { value: span.droppedLinksCount + span.links.length - links.length },
  }) as ReadableSpan;
}

/** The same for a log record: its attributes, then its body. */
export function limitLog(record: ReadableLogRecord, weight: number, facts: Facts): ReadableLogRecord {
  if (weight <= LIMIT && !hasLongText(record.attributes)) return record;
  const budget: Budget = { left: LIMIT / 2, cut: 0 };
  const attributes = limitAttributes(record.attributes as Attributes, budget);
  budget.left += LIMIT / 2;
  const body = limitBody(record.body, budget);
  if (budget.cut > 0) facts.add(CUT_COUNT, budget.cut);
  return Object.create(record, {
    attributes: { value: attributes.kept },
    droppedAttributesCount: { value: record.droppedAttributesCount + attributes.dropped },
    body: { value: body },
  }) as ReadableLogRecord;
}

function hasLongText(attributes: object): boolean {
  for (const key in attributes) {
    const value = (attributes as Record<string, unknown>)[key];
    if (typeof value === 'string' && value.length > TEXT_LIMIT) return true;
  }
  return false;
}

/**
 * First what is small, in order, with room for a mark for each of the others; then of those what fits. Keys beyond
 * that are dropped.
 */
function limitAttributes(attributes: Attributes, budget: Budget): { kept: Attributes; dropped: number } {
  const kept: Attributes = {};
  const keys = Object.keys(attributes);
  const large: string[] = [];
  let dropped = 0;
  for (const key of keys) {
    const value = attributes[key];
    const isMap = typeof value === 'object' && !Array.isArray(value);
    const cost = COST.attribute + key.length + (isMap ? SMALL : measureValue(value, SMALL));
    const reserved = Math.min(cost, COST.attribute + key.length + MARK_COST);
    if (reserved > budget.left) {
      dropped++;
      continue;
    }
    const isLarge = cost > SMALL || cost > budget.left;
    budget.left -= isLarge ? reserved : cost;
    if (isLarge) large.push(key);
    // Also a large one, so that the keys stay in their order.
    kept[key] = value;
  }
  for (const key of large) kept[key] = cutText(attributes[key], budget) as AttributeValue;
  return { kept, dropped };
}

/** The body is the app's own object, getters and all. */
function limitBody(body: unknown, budget: Budget): unknown {
  try {
    return body === undefined ? undefined : cutText(body, budget);
  } catch {
    budget.cut++;
    return '[CUT: it cannot be read]';
  }
}

/** A long text stays whole for the redactor, which cuts it; anything else is cut here. */
function cutText(value: unknown, budget: Budget): unknown {
  if (typeof value !== 'string' || value.length <= TEXT_LIMIT) return cutValue(value, budget);
  budget.cut++;
  if (budget.left < TEXT_LIMIT) return mark(value.length, 'characters');
  budget.left -= TEXT_LIMIT;
  return value;
}

/** The newest that fit, as the SDK's own limit keeps the newest. */
function limitEvents(events: readonly Event[], budget: Budget): Event[] {
  const kept: Event[] = [];
  for (let index = events.length - 1; index >= 0 && budget.left > COST.event; index--) {
    const event = events[index] as Event;
    budget.left -= COST.event;
    kept.push(limitEvent(event, budget));
  }
  return kept.reverse();
}

function limitEvent(event: Event, budget: Budget): Event {
  const { attributes } = event;
  if (attributes === undefined) return event;
  const cost = measureFields(attributes, SMALL);
  if (cost <= SMALL) {
    budget.left -= cost;
    return event;
  }
  const { kept, dropped } = limitAttributes(attributes, budget);
  return {
    ...event,
    attributes: kept,
    droppedAttributesCount: (event.droppedAttributesCount ?? 0) + dropped,
  };
}

/** The first that fit. */
function limitLinks(links: readonly Link[], budget: Budget): Link[] {
  const kept: Link[] = [];
  for (const link of links) {
    const cost = COST.link + measureFields(link.attributes, SMALL);
    if (cost > budget.left) break;
    if (cost <= COST.link + SMALL) {
      budget.left -= cost;
      kept.push(link);
      continue;
    }
    budget.left -= COST.link;
    const { kept: attributes, dropped } = limitAttributes(link.attributes as Attributes, budget);
    kept.push({ ...link, attributes, droppedAttributesCount: (link.droppedAttributesCount ?? 0) + dropped });
  }
  return kept;
}
