import { getNumberFromEnv, getStringFromEnv } from '@opentelemetry/core';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  createAlwaysRecordSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { notice } from '../core/diag.ts';

/**
 * The sampler of `OTEL_TRACES_SAMPLER(_ARG)`; the local file may want what it drops, so with `recordsAll` every
 * span is recorded and OTLP still gets exactly what was sampled.
 */
export function createSampler(recordsAll: boolean): Sampler {
  const sampler = fromEnvironment();
  return recordsAll ? createAlwaysRecordSampler(sampler) : sampler;
}

function fromEnvironment(): Sampler {
  const name = getStringFromEnv('OTEL_TRACES_SAMPLER');
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio());
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio()) });
    default:
      if (name !== undefined && name !== 'parentbased_always_on') {
        notice('sampler', `OTEL_TRACES_SAMPLER: "${name}" is unknown; using parentbased_always_on.`);
      }
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
  }
}

function ratio(): number {
  const value = getNumberFromEnv('OTEL_TRACES_SAMPLER_ARG');
  if (value !== undefined && value >= 0 && value <= 1) return value;
  notice('sampler-arg', 'OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1; using 1.');
  return 1;
}
