import { type Attributes, type Histogram, metrics } from '@opentelemetry/api';
import {
  ERROR_TYPE,
  GEN_AI_OPERATION_NAME,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_RESPONSE_MODEL,
  SERVER_ADDRESS,
  SERVER_PORT,
} from '../../src/core/attributes.ts';
import type { CallFacts } from './call-facts.ts';

const PREFIX = 'gen_ai.client.inference';

/** The buckets the conventions advise. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
const CHUNK_SECONDS = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];

/** Measures model calls through the app's meter: durations, first and further chunks, tokens. Made when first used. */
export class CallMetrics {
  private readonly histograms = new Map<string, Histogram>();

  record(call: CallFacts): void {
    const attributes = attributesOf(call);
    const { durationS, firstChunkS, chunkCount, usage } = call;
    this.seconds('duration', SECONDS).record(durationS, attributes);
    if (firstChunkS !== undefined) {
      this.seconds('time_to_first_chunk', SECONDS).record(firstChunkS, attributes);
      if (chunkCount !== undefined && chunkCount > 1) {
        const each = Math.max(0, durationS - firstChunkS) / (chunkCount - 1);
        this.seconds('time_per_output_chunk', CHUNK_SECONDS).record(each, attributes);
      }
    }
    this.tokens('input_tokens', usage.inputTokens, attributes);
    this.tokens('output_tokens', usage.outputTokens, attributes);
    this.tokens('cache_read.input_tokens', usage.cacheReadTokens, attributes);
    this.tokens('cache_write.input_tokens', usage.cacheWriteTokens, attributes);
    this.tokens('reasoning.output_tokens', usage.reasoningTokens, attributes);
  }

  private seconds(name: string, buckets: number[]): Histogram {
    return this.histogram(name, 's', buckets);
  }

  private tokens(name: string, value: number | undefined, attributes: Attributes): void {
    if (value !== undefined) this.histogram(`usage.${name}`, '{token}', TOKENS).record(value, attributes);
  }

  private histogram(name: string, unit: string, explicitBucketBoundaries: number[]): Histogram {
    let histogram = this.histograms.get(name);
    if (histogram === undefined) {
      histogram = metrics
        .getMeter('@agentlog/otel')
        .createHistogram(`${PREFIX}.${name}`, { unit, advice: { explicitBucketBoundaries } });
      this.histograms.set(name, histogram);
    }
    return histogram;
  }
}

function attributesOf(call: CallFacts): Attributes {
  const all: Attributes = {
    [GEN_AI_OPERATION_NAME]: call.operation,
    [GEN_AI_PROVIDER_NAME]: call.provider,
    [GEN_AI_REQUEST_MODEL]: call.requestModel,
    [GEN_AI_RESPONSE_MODEL]: call.responseModel,
    [SERVER_ADDRESS]: call.serverAddress,
    [SERVER_PORT]: call.serverPort,
    [ERROR_TYPE]: call.errorType,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== ''));
}
