import { TraceFlags, trace } from '@opentelemetry/api';
import { getNumberFromEnv, getStringFromEnv } from '@opentelemetry/core';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  createAlwaysRecordSampler,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  type SamplingResult,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';

/** A sampler as data, from the environment or from a configuration file. */
export type SamplerConfig =
  | { readonly name: 'always_on' | 'always_off' }
  | { readonly name: 'traceidratio'; readonly ratio: number }
  | {
      readonly name: 'parentbased';
      readonly root: SamplerConfig;
      readonly remoteParentSampled?: SamplerConfig;
      readonly remoteParentNotSampled?: SamplerConfig;
      readonly localParentSampled?: SamplerConfig;
      readonly localParentNotSampled?: SamplerConfig;
    };

/**
 * Builds the sampler; the local file may want what it drops, so with `recordsAll` every span is recorded and
 * OTLP still gets exactly what was sampled.
 */
export function createSampler(config: SamplerConfig, recordsAll: boolean): Sampler {
  const sampler = build(config);
  return recordsAll ? createAlwaysRecordSampler(sampler) : sampler;
}

function build(config: SamplerConfig): Sampler {
  switch (config.name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(config.ratio);
    case 'parentbased': {
      const { name: _, ...delegates } = config;
      const built = Object.entries(delegates).map(([key, delegate]) => [key, build(delegate)] as const);
      const Class = delegates.localParentSampled === undefined ? FastParentBasedSampler : ParentBasedSampler;
      return new Class({ root: build(config.root), ...Object.fromEntries(built) });
    }
  }
}

const SAMPLED: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED };

/**
 * Upstream's, but for a span below a sampled one of the SDK's own, which nearly all are: that one's ids need not be
 * looked at digit by digit: 0.03 µs a span instead of 0.15.
 */
class FastParentBasedSampler extends ParentBasedSampler {
  override shouldSample(...args: Parameters<Sampler['shouldSample']>): SamplingResult {
    const parent = trace.getSpan(args[0]) as Partial<ReadableSpan> | undefined;
    const isOwn = parent?.startTime !== undefined;
    if (isOwn && parent.spanContext?.().traceFlags === TraceFlags.SAMPLED) return SAMPLED;
    return super.shouldSample(...args);
  }
}

/** `OTEL_TRACES_SAMPLER(_ARG)`; an unknown name counts as the default, parentbased_always_on. */
export function samplerFromEnvironment(problems: string[]): SamplerConfig {
  const name = getStringFromEnv('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
  const [, isParentBased, root] = /^(parentbased_)?(always_on|always_off|traceidratio)$/.exec(name) ?? [];
  if (root === undefined) {
    problems.push(`OTEL_TRACES_SAMPLER: "${name}" is unknown; using parentbased_always_on`);
    return { name: 'parentbased', root: { name: 'always_on' } };
  }
  const sampler: SamplerConfig =
    root === 'traceidratio'
      ? { name: root, ratio: ratio(problems) }
      : { name: root as 'always_on' | 'always_off' };
  return isParentBased ? { name: 'parentbased', root: sampler } : sampler;
}

function ratio(problems: string[]): number {
  const value = getNumberFromEnv('OTEL_TRACES_SAMPLER_ARG');
  if (value !== undefined && value >= 0 && value <= 1) return value;
  problems.push('OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1; using 1');
  return 1;
}
