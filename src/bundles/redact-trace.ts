import type { Redactor } from '../core/redaction/redactor.ts';
import type { LogRecord, Resource, Scope, Span } from '../core/span.ts';
import { buildTrace, type Trace } from '../core/trace.ts';

/**
 * The trace with every place that telemetry can write masked by the newest rules. Returns the same trace when
 * there was nothing to mask. Never throws.
 */
export function redactTrace(trace: Trace, redactor: Redactor): Trace {
  const resources = new Map<Resource, Resource>();
  const resourceOf = (resource: Resource): Resource => {
    const known = resources.get(resource);
    if (known !== undefined) return known;
    const redacted = redactResource(resource, redactor);
    resources.set(resource, redacted);
    return redacted;
  };
  const before = redactor.maskedCount;
  const spans = trace.spans.map((span) => redactSpan(span, redactor, resourceOf));
  const logs = trace.logs.map((log) => redactLog(log, redactor, resourceOf));
  return redactor.maskedCount === before ? trace : buildTrace(trace.traceId, spans, logs);
}

/** One span with every place that telemetry can write masked. Never throws. */
export function redactSpan(
  span: Span,
  redactor: Redactor,
  resourceOf: (resource: Resource) => Resource = (resource) => redactResource(resource, redactor),
): Span {
  const { status, traceState } = span;
  return {
    ...span,
    name: redactor.text(span.name),
    ...(traceState !== undefined && { traceState: redactor.text(traceState) }),
    attributes: redactor.attributes(span.attributes),
    events: span.events.map((event) => ({
      ...event,
      name: redactor.text(event.name),
      attributes: redactor.attributes(event.attributes),
    })),
    links: span.links.map((link) => ({ ...link, attributes: redactor.attributes(link.attributes) })),
    status: status.message === undefined ? status : { ...status, message: redactor.text(status.message) },
    resource: resourceOf(span.resource),
    scope: redactScope(span.scope, redactor),
  };
}

/** One log record likewise. */
export function redactLog(
  log: LogRecord,
  redactor: Redactor,
  resourceOf: (resource: Resource) => Resource = (resource) => redactResource(resource, redactor),
): LogRecord {
  return {
    ...log,
    body: redactor.value('', log.body),
    ...(log.severityText !== undefined && { severityText: redactor.text(log.severityText) }),
    ...(log.eventName !== undefined && { eventName: redactor.text(log.eventName) }),
    attributes: redactor.attributes(log.attributes),
    resource: resourceOf(log.resource),
    scope: redactScope(log.scope, redactor),
  };
}

function redactScope({ name, version }: Scope, redactor: Redactor): Scope {
  return {
    name: redactor.text(name),
    ...(version !== undefined && { version: redactor.text(version) }),
  };
}

function redactResource(resource: Resource, redactor: Redactor): Resource {
  const attributes = redactor.attributes(resource.attributes);
  return attributes === resource.attributes ? resource : { attributes };
}
