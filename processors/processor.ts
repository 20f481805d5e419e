import { type AnyValue, type Attributes, type AttributeValue, SpanKind } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { KnownAttributes } from './known-attributes.ts';

/**
 * What was found out about a span or log record, kept beside it: so the SDK's limit of 128 attributes never
 * drops a fact, and a processor of the user's own sees its span unchanged. Facts win over attributes of the
 * same key; an enricher that must not overwrite looks at the span first.
 */
export class Facts {
  /** The attributes of the span, if they came before; what is found out about them may be kept beside this. */
  known: KnownAttributes | undefined;
  /** Undefined until the first fact, so that a span without facts costs no allocation. */
  attributes: Attributes | undefined;
  /** The facts are those of all spans with such attributes: one object, never written to. */
  isShared = false;
  /** A better name for the span. */
  name: string | undefined;
  /** A truer kind of the span. */
  kind: SpanKind | undefined;
  /**
   * Keys to leave out of the copy: of the attributes, and of a span's events unless `events` is given. A fact of the
   * same key stays. Undefined until the first.
   */
  dropped: Set<string> | undefined;
  /** What stands in for the span's events. */
  events: ReadableSpan['events'] | undefined;
  /** What stands in for the body of a log record. */
  body: AnyValue | undefined;

  set(key: string, value: AttributeValue): void {
    if (this.isShared) {
      this.attributes = { ...this.attributes };
      this.isShared = false;
    }
    this.attributes ??= {};
    this.attributes[key] = value;
  }

  /** Takes over what was found out about the known attributes, and is from now on left as it is. */
  share({ attributes, name }: Facts): void {
    if (name !== undefined) this.name = name;
    if (attributes === undefined) return;
    if (this.attributes === undefined) {
      this.attributes = attributes;
      this.isShared = true;
    } else for (const key in attributes) this.set(key, attributes[key] as AttributeValue);
  }

  /** Counts on. */
  add(key: string, count: number): void {
    const before = this.attributes?.[key];
    this.set(key, typeof before === 'number' ? before + count : count);
  }

  /** Leaves an attribute out of the copy; the live span keeps it. */
  drop(key: string): void {
    this.dropped ??= new Set();
    this.dropped.add(key);
  }
}

/**
 * A member of this room: finds facts about spans and log records.
 *
 * `onStart` and `onEnd` are told what happened within 50 ms of it, in its order, outside the app's own work; the
 * other hooks run at once, inside the app's `startSpan()` or `logger.emit()`. Each is called behind a guard, so a
 * throw costs only the fact. They never write to the span or record, never wait, and bound whatever they keep.
 */
export interface Enricher {
  readonly name: string;
  /** A span has started. By now it may have ended: look at nothing that changes but its parent and its kind. */
  onStart?(span: ReadableSpan): void;
  /** The span has ended. Children end before their parents, so what they showed may join the parent's facts here. */
  onEnd?(span: ReadableSpan, facts: Facts): void;
  /** The span starts at this moment: for what only the stack of the app can tell. */
  onStarting?(span: ReadableSpan): void;
  /** A log record was emitted. */
  onLog?(record: ReadableLogRecord, facts: Facts): void;
}

/** Of more events than this no limit leaves any but the newest. */
const MOST_EVENTS = 1_024;

/** The events of a span that are worth a look: all of them, or of very many the newest. */
export function newestEvents({ events }: ReadableSpan): ReadableSpan['events'] {
  return events.length <= MOST_EVENTS ? events : events.slice(-MOST_EVENTS);
}

/** A span without a parent in this process: an entry span, or the root of background work. */
export function isLocalRoot(span: ReadableSpan): boolean {
  return span.parentSpanContext === undefined || span.parentSpanContext.isRemote === true;
}

/** A local root, or a span that answers a request or a message, also when the caller sits in the same process. */
export function isEntry(span: ReadableSpan): boolean {
  return isLocalRoot(span) || span.kind === SpanKind.SERVER || span.kind === SpanKind.CONSUMER;
}
