import type { TokenUsage } from '../usage.ts';
import { settleUsage } from '../usage.ts';
import { findModel } from './find-model.ts';
import { type DatedPrices, type ModelPrices, type Price, type PriceList, priceTable } from './table.ts';

export interface CallCost {
  /** Undefined when no tokens are known. */
  readonly usd: number | undefined;
  readonly source: string;
  /** How many tokens the model can be given; undefined if the table does not say. */
  readonly contextWindow: number | undefined;
}

/**
 * What a call cost: the price of its model on that day, for tokens new, cached and thought. `models` are tried in
 * order: what answered, then what was asked for. Undefined for a model whose price is not known. About 1 µs; the
 * first call reads the table. Never throws.
 */
export function callCost(
  provider: string,
  models: readonly string[],
  usage: TokenUsage,
  at: Date,
): CallCost | undefined {
  try {
    const table = priceTable();
    if (table === null) return undefined;
    for (const model of models) {
      const found = findModel(table, provider, model);
      if (found === undefined) continue;
      const [, contextWindow] = found;
      const usd = dollars(pricesAt(found, at), usage);
      return { usd, source: table.source, contextWindow: contextWindow || undefined };
    }
  } catch {
    // A cost is not worth a fault.
  }
  return undefined;
}

function dollars(prices: PriceList, usage: TokenUsage): number | undefined {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } =
    settleUsage(usage);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const input = inputTokens ?? 0;
  // What has no price of its own is charged as what it is a part of.
  const read = prices.r === undefined ? 0 : (cacheReadTokens ?? 0);
  const written = prices.w === undefined ? 0 : (cacheWriteTokens ?? 0);
  const thought = prices.g === undefined ? 0 : (reasoningTokens ?? 0);
  const millionths =
    priced(prices.i, Math.max(0, input - read - written), input) +
    priced(prices.r, read, input) +
    priced(prices.w, written, input) +
    priced(prices.o, Math.max(0, (outputTokens ?? 0) - thought), input) +
    priced(prices.g, thought, input) +
    priced(prices.q, 1_000, input);
  return Number((millionths / 1e6).toPrecision(12));
}

function priced(price: Price | undefined, tokens: number, inputTokens: number): number {
  if (price === undefined || tokens === 0) return 0;
  if (typeof price === 'number') return price * tokens;
  let [each, ...tiers] = price;
  for (const [start, above] of tiers) if (inputTokens > start) each = above;
  return each * tokens;
}

function pricesAt([, , prices]: ModelPrices, at: Date): PriceList {
  if (!isDated(prices)) return prices;
  for (let index = prices.length - 1; index >= 0; index--) {
    const [when, list] = prices[index] as DatedPrices[number];
    if (holds(when, at)) return list;
  }
  return prices[0]?.[1] ?? {};
}

function isDated(prices: PriceList | DatedPrices): prices is DatedPrices {
  return Array.isArray(prices);
}

function holds(when: string | readonly string[], at: Date): boolean {
  if (typeof when === 'string') return when === '' || at >= new Date(when);
  const second = (at.getTime() / 1000) % 86_400;
  const [from = 0, to = 0] = when.map(secondOfDay);
  return to < from ? second >= from || second < to : second >= from && second < to;
}

/** `17:30:00Z`, `08:00:00+02:00`. */
function secondOfDay(text: string): number {
  return (Date.parse(`1970-01-02T${text}`) / 1000) % 86_400;
}
