import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  GEN_AI_CALL_COUNT,
  GEN_AI_TOTAL_COST_USD,
  GEN_AI_TOTAL_INPUT_TOKENS,
  GEN_AI_TOTAL_OUTPUT_TOKENS,
} from '../../src/core/attributes.ts';
import { createBeside } from '../../src/core/beside.ts';
import { type Facts, isEntry } from '../processor.ts';

/** What one call or many used. */
export interface Sums {
  readonly callCount: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | undefined;
}

/** An open span, and what ran below it, each call once. An ended one stays reachable from its open children only. */
export class OpenSpan {
  sums: Sums | undefined;
  private readonly parent: OpenSpan | undefined;
  private hasEnded = false;

  constructor(parent: OpenSpan | undefined) {
    this.parent = parent;
  }

  add(other: Sums): void {
    const { sums } = this;
    if (sums === undefined) {
      this.sums = other;
      return;
    }
    const isPriced = sums.costUsd !== undefined || other.costUsd !== undefined;
    this.sums = {
      callCount: sums.callCount + other.callCount,
      inputTokens: sums.inputTokens + other.inputTokens,
      outputTokens: sums.outputTokens + other.outputTokens,
      costUsd: isPriced ? (sums.costUsd ?? 0) + (other.costUsd ?? 0) : undefined,
    };
  }

  /** Tells the nearest span above that has not ended itself. */
  end(): void {
    this.hasEnded = true;
    if (this.sums === undefined) return;
    let above = this.parent;
    while (above?.hasEnded === true) above = above.parent;
    above?.add(this.sums);
  }
}

/** The sums as facts of an agent, a workflow or an entry span. */
export function setTotals({ callCount, inputTokens, outputTokens, costUsd }: Sums, facts: Facts): void {
  facts.set(GEN_AI_CALL_COUNT, callCount);
  facts.set(GEN_AI_TOTAL_INPUT_TOKENS, inputTokens);
  facts.set(GEN_AI_TOTAL_OUTPUT_TOKENS, outputTokens);
  // Sums of dollars carry the rounding of their parts.
  if (costUsd !== undefined) facts.set(GEN_AI_TOTAL_COST_USD, Number(costUsd.toPrecision(12)));
}

/** What is known of spans that have started, beside their contexts, as a tree. */
export class OpenSpans {
  private readonly open = createBeside<OpenSpan>();

  start(span: ReadableSpan): void {
    const { parentSpanContext } = span;
    const isBelow = parentSpanContext !== undefined && !isEntry(span);
    const parent = isBelow ? this.open.get(parentSpanContext) : undefined;
    this.open.set(span.spanContext(), new OpenSpan(parent));
  }

  /** The span that ends; one that nobody saw start stands for itself. */
  of(span: ReadableSpan): OpenSpan {
    return this.open.get(span.spanContext()) ?? new OpenSpan(undefined);
  }
}
