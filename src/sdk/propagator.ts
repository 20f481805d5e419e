import type { TextMapPropagator } from '@opentelemetry/api';
import {
  CompositePropagator,
  getStringListFromEnv,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
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

/** The propagators of `OTEL_PROPAGATORS`, default trace context and baggage; null for `none`. */
export function createPropagator(): TextMapPropagator | null {
  const names = new Set(getStringListFromEnv('OTEL_PROPAGATORS') ?? ['tracecontext', 'baggage']);
  if (names.has('none')) return null;
  const propagators: TextMapPropagator[] = [];
  for (const name of names) {
    const make = MAKERS[name];
    if (make === undefined)
      notice(`propagator:${name}`, `OTEL_PROPAGATORS: "${name}" is not available; left out.`);
    else propagators.push(make());
  }
  return propagators.length === 0 ? null : new CompositePropagator({ propagators });
}
