import type { Attributes } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { REDACTION_COUNT } from '../../src/core/attributes.ts';
import { LogView } from '../../src/core/otlp/views.ts';
import type { Redactor } from '../../src/core/redaction/redactor.ts';
import type { AttributeValue } from '../../src/core/span.ts';
import type { Facts } from '../processor.ts';
import { guarded, MASKED } from './guarded.ts';
import { joined, redactAttributes, redactContext } from './redact-span.ts';
import { redactResource, redactScope } from './resource.ts';
import { snapshot } from './snapshot.ts';

/**
 * The log record as it may be written, as `redactSpan`: a body of any shape, attributes, event name, severity text.
 * Never throws: what cannot be redacted is masked.
 */
export function redactLog(record: ReadableLogRecord, facts: Facts, redactor: Redactor): LogView {
  const before = redactor.maskedCount;
  const body = guarded<AttributeValue>(MASKED, () => {
    const body = snapshot((facts.body ?? record.body ?? null) as AttributeValue);
    return redactor.value('', body);
  });
  const eventName = optionalText(record.eventName, redactor);
  const severityText = optionalText(record.severityText, redactor);
  let attributes = guarded<Attributes>({}, () =>
    redactAttributes(joined(record.attributes, facts), redactor),
  );
  const count = redactor.maskedCount - before;
  if (count > 0) attributes = { ...attributes, [REDACTION_COUNT]: count };
  return new LogView(record, {
    spanContext: record.spanContext && redactContext(record.spanContext, redactor),
    attributes,
    resource: redactResource(record.resource, redactor),
    instrumentationScope: redactScope(record.instrumentationScope, redactor),
    ...(body === null ? {} : { body }),
    ...(eventName === undefined ? {} : { eventName }),
    ...(severityText === undefined ? {} : { severityText }),
  });
}

function optionalText(text: string | undefined, redactor: Redactor): string | undefined {
  return text === undefined ? undefined : guarded(MASKED, () => redactor.text(text));
}
