import {
  type Baggage,
  type Context,
  propagation,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import type { Redactor } from '../../src/core/redaction/redactor.ts';
import { MASKED } from './guarded.ts';
import { redactContext } from './redact-span.ts';

/** Baggage whose values hold no secret; the same object when there was none. Never throws: a value it fails on goes. */
export function redactBaggage(baggage: Baggage, redactor: Redactor): Baggage {
  let redacted = baggage;
  for (const [key, entry] of baggage.getAllEntries()) {
    try {
      const name = redactor.text(key);
      const value = String(redactor.value(key, entry.value));
      const metadata = entry.metadata?.toString() ?? '';
      const isMetadataClean = redactor.text(metadata) === metadata;
      if (name !== key) redacted = redacted.removeEntry(key);
      else if (value !== entry.value || !isMetadataClean) {
        redacted = redacted.setEntry(key, isMetadataClean ? { ...entry, value } : { value });
      }
    } catch {
      redacted = redacted.setEntry(key, { value: MASKED });
    }
  }
  return redacted;
}

/**
 * A propagator that sends baggage and trace state without secrets to other services. Ids and what is extracted from
 * incoming requests pass through it unchanged, and so does the baggage the app itself reads.
 */
export function createRedactingPropagator(
  propagator: TextMapPropagator,
  redactor: Redactor,
): TextMapPropagator {
  return {
    inject<Carrier>(context: Context, carrier: Carrier, setter: TextMapSetter<Carrier>): void {
      propagator.inject(withCleanState(withCleanBaggage(context, redactor), redactor), carrier, setter);
    },
    extract: (context, carrier, getter) => propagator.extract(context, carrier, getter),
    fields: () => propagator.fields(),
  };
}

function withCleanState(context: Context, redactor: Redactor): Context {
  const spanContext = trace.getSpanContext(context);
  if (spanContext?.traceState === undefined) return context;
  const clean = redactContext(spanContext, redactor);
  return clean === spanContext ? context : trace.setSpanContext(context, clean);
}

function withCleanBaggage(context: Context, redactor: Redactor): Context {
  const baggage = propagation.getBaggage(context);
  if (baggage === undefined) return context;
  try {
    const clean = redactBaggage(baggage, redactor);
    return clean === baggage ? context : propagation.setBaggage(context, clean);
  } catch {
    return propagation.deleteBaggage(context);
  }
}
