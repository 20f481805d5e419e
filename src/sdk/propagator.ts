import type { TextMapPropagator } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { notice } from '../core/diag.ts';
import { loadSync } from '../core/load-sync.ts';

type B3 = typeof import('@opentelemetry/propagator-b3');

const b3 = () => loadSync<B3>('@opentelemetry/propagator-b3');
const MAKERS: Readonly<Record<string, () => TextMapPropagator>> = {
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
  b3: () => new (b3().B3Propagator)(),
  b3multi: () => new (b3().B3Propagator)({ injectEncoding: b3().B3InjectEncoding.MULTI_HEADER }),
};

/** The propagators of these names in this order; null if there are none. */
export function createPropagator(names: readonly string[]): TextMapPropagator | null {
  const propagators: TextMapPropagator[] = [];
  for (const name of names) {
    const make = MAKERS[name];
    if (make === undefined)
      notice(`propagator:${name}`, `the propagator "${name}" is not available; left out.`);
    else propagators.push(make());
  }
  return propagators.length === 0 ? null : new CompositePropagator({ propagators });
}
