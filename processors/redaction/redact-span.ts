import type { Attributes, Link, SpanContext, SpanStatus, TraceState } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { REDACTION_COUNT } from '../../src/core/attributes.ts';
import { keepForms } from '../../src/core/otlp/kept-forms.ts';
import { SpanView } from '../../src/core/otlp/views.ts';
import type { Redactor } from '../../src/core/redaction/redactor.ts';
import type { KnownAttributes } from '../known-attributes.ts';
import type { Facts } from '../processor.ts';
import { guarded, MASKED } from './guarded.ts';
import { redactResource, redactScope } from './resource.ts';
import { detached } from './snapshot.ts';

type Event = ReadableSpan['events'][number];

/**
 * The span as it may be written: facts joined in, every place a serializer writes redacted. Only what changed is
 * copied; the live span is never written to. Never throws: what cannot be redacted is masked.
 */
export function redactSpan(span: ReadableSpan, facts: Facts, redactor: Redactor): SpanView {
  const before = redactor.maskedCount;
  const name = redactName(facts.name ?? span.name, redactor);
  // A function is made only for what few spans have: each is work for the garbage collector.
  const events = span.events.length === 0 ? span.events : redactEvents(span.events, facts, redactor);
  const links = span.links.length === 0 ? span.links : redactLinks(span.links, redactor);
  const status = span.status.message === undefined ? span.status : redactStatus(span.status, redactor);
  let attributes = redactJoined(span, facts, redactor);
  const count = redactor.maskedCount - before;
  if (count > 0) attributes = { ...attributes, [REDACTION_COUNT]: count };
  return new SpanView(span, {
    name,
    kind: facts.kind ?? span.kind,
    attributes,
    events,
    links,
    status,
    spanContext: redactContext(span.spanContext(), redactor),
    parentSpanContext: span.parentSpanContext && redactContext(span.parentSpanContext, redactor),
    resource: redactResource(span.resource, redactor),
    scope: redactScope(span.instrumentationScope, redactor),
  });
}

/** Attributes that came before and were clean, with the facts they have now, are clean still. */
function redactJoined(span: ReadableSpan, facts: Facts, redactor: Redactor): Attributes {
  const { known } = facts;
  try {
    return known === undefined
      ? redactAttributes(joined(span.attributes, facts), redactor)
      : redactKnown(known, facts, redactor);
  } catch {
    return {};
  }
}

function redactKnown(known: KnownAttributes, facts: Facts, redactor: Redactor): Attributes {
  const { clean } = known;
  if (clean !== undefined && clean.facts === facts.attributes) return clean.attributes;
  const all = joined(known.attributes, facts);
  const { maskedCount } = redactor;
  const attributes = redactAttributes(all, redactor);
  const isClean = attributes === all && redactor.maskedCount === maskedCount;
  if (isClean && (facts.isShared || facts.attributes === undefined)) {
    keepForms(attributes);
    known.clean = { facts: facts.attributes, attributes };
  }
  return attributes;
}

/** Facts win over attributes of the same key; what is to be dropped is left out. */
export function joined(attributes: Attributes, facts: Facts): Attributes {
  const kept = without(attributes, facts.dropped);
  return facts.attributes === undefined ? kept : { ...kept, ...facts.attributes };
}

function without(attributes: Attributes, dropped: ReadonlySet<string> | undefined): Attributes {
  if (dropped === undefined) return attributes;
  const keys = Object.keys(attributes);
  const kept = keys.filter((key) => !dropped.has(key));
  return kept.length === keys.length
    ? attributes
    : Object.fromEntries(kept.map((key) => [key, attributes[key]]));
}

export function redactAttributes(attributes: Attributes, redactor: Redactor): Attributes {
  return redactor.attributes(detached(attributes));
}

/** Ids stay; the trace state may carry anything a caller put into it. */
export function redactContext(context: SpanContext, redactor: Redactor): SpanContext {
  const { traceState } = context;
  return traceState === undefined ? context : redactState(context, traceState, redactor);
}

function redactState(context: SpanContext, traceState: TraceState, redactor: Redactor): SpanContext {
  return guarded({ ...context, traceState: new FixedTraceState('') }, () => {
    const before = traceState.serialize();
    const after = redactTraceState(before, redactor);
    return after === before ? context : { ...context, traceState: new FixedTraceState(after) };
  });
}

function redactTraceState(text: string, redactor: Redactor): string {
  const members = text.split(',').map((member) => {
    const sign = member.indexOf('=');
    if (sign < 0) return redactor.text(member);
    const key = member.slice(0, sign);
    const value = redactor.value(key.trim(), member.slice(sign + 1));
    // Neither a comma nor an equals sign may stand in a value; the marks have none.
    return `${redactor.text(key)}=${String(value)}`;
  });
  // A secret may also reach over the signs that part the members.
  return redactor.text(members.join(','));
}

function redactEvent(event: Event, facts: Facts, redactor: Redactor): Event {
  return guarded({ time: event.time, name: MASKED }, () => {
    const name = redactor.text(event.name);
    const attributes =
      event.attributes && redactAttributes(without(event.attributes, facts.dropped), redactor);
    if (name === event.name && attributes === event.attributes) return event;
    return { ...event, name, ...(attributes === undefined ? {} : { attributes }) };
  });
}

function redactLink(link: Link, redactor: Redactor): Link {
  return guarded({ context: { ...link.context, traceState: new FixedTraceState('') } }, () => {
    const context = redactContext(link.context, redactor);
    const attributes = link.attributes && redactAttributes(link.attributes, redactor);
    if (context === link.context && attributes === link.attributes) return link;
    return { ...link, context, ...(attributes === undefined ? {} : { attributes }) };
  });
}

function redactName(name: string, redactor: Redactor): string {
  try {
    return redactor.text(name);
  } catch {
    return MASKED;
  }
}

function redactEvents(events: Event[], facts: Facts, redactor: Redactor): Event[] {
  return guarded([], () => mapped(events, (event) => redactEvent(event, facts, redactor)));
}

function redactLinks(links: Link[], redactor: Redactor): Link[] {
  return guarded([], () => mapped(links, (link) => redactLink(link, redactor)));
}

function redactStatus(status: SpanStatus, redactor: Redactor): SpanStatus {
  return guarded({ code: 2, message: MASKED }, () => {
    const message = redactor.text(status.message ?? '');
    return message === status.message ? status : { ...status, message };
  });
}

function mapped<T>(items: readonly T[], change: (item: T) => T): T[] {
  let copy: T[] | undefined;
  for (let index = 0; index < items.length; index++) {
    const item = items[index] as T;
    const after = change(item);
    if (after === item) continue;
    copy ??= [...items];
    copy[index] = after;
  }
  return copy ?? (items as T[]);
}

/** A trace state that only can be written: nobody changes the one of a copy. */
class FixedTraceState implements TraceState {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  set(): TraceState {
    return this;
  }

  unset(): TraceState {
    return this;
  }

  get(key: string): string | undefined {
    for (const member of this.#text.split(',')) {
      const [name, value] = member.split('=', 2);
      if (name?.trim() === key) return value;
    }
    return undefined;
  }

  serialize(): string {
    return this.#text;
  }
}
