import { calcPrice, type Provider, updatePrices, waitForUpdate } from '@pydantic/genai-prices';
import { expect, test } from 'vitest';
import { callCost } from '../../../src/core/genai/prices/cost.ts';

const AT = new Date('2026-10-01T12:00:00Z');
const cost = (
  provider: string,
  model: string,
  inputTokens: number,
  outputTokens: number,
  rest = {},
  at = AT,
) => callCost(provider, [model], { inputTokens, outputTokens, ...rest }, at)?.usd;

async function providers(): Promise<Provider[]> {
  updatePrices(() => {});
  return (await waitForUpdate()) ?? [];
}

/** A name the model answers to. */
function nameOf(match: object): string | undefined {
  const text = JSON.stringify(match);
  return /"equals":"([^"]+)"/.exec(text)?.[1] ?? /"starts_with":"([^"]+)"/.exec(text)?.[1];
}

test('genai prices: every model of every provider costs what the table it was made from says', async () => {
  let compared = 0;
  const wrong: unknown[] = [];
  for (const provider of await providers()) {
    for (const { match } of provider.models) {
      const model = nameOf(match);
      if (model === undefined) continue;
      for (const [input, output, read, write, thought] of [
        [1_000, 100, 0, 0, 0],
        [900_000, 5_000, 500_000, 1_000, 100],
      ] as const) {
        const usage = {
          input_tokens: input,
          output_tokens: output,
          cache_read_tokens: read,
          cache_write_tokens: write,
          output_reasoning_tokens: thought,
        };
        let theirs: number | undefined;
        try {
          theirs = calcPrice(usage, model, { provider, timestamp: AT })?.total_price;
        } catch {
          continue;
        }
        const ours = cost(provider.id, model, input, output, {
          cacheReadTokens: read,
          cacheWriteTokens: write,
          reasoningTokens: thought,
        });
        compared++;
        if (Math.abs((ours ?? -1) - (theirs ?? -1)) > 1e-9) wrong.push([provider.id, model, ours, theirs]);
      }
    }
  }
  expect(compared).toBeGreaterThan(2_000);
  expect(wrong).toEqual([]);
});

test.each([
  ['x_ai', 'grok-4.3'],
  ['azure.ai.openai', 'gpt-4o'],
  ['azure.ai.inference', 'gpt-4o'],
  ['gcp.gemini', 'gemini-2.5-pro'],
  ['gcp.vertex_ai', 'gemini-2.5-pro'],
  ['mistral_ai', 'mistral-large-latest'],
  ['aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['openai', 'ft:gpt-4o-mini-2024-07-18:acme::id'],
  ['openai', 'openai/gpt-5-mini'],
  ['gcp.gemini', 'models/gemini-2.5-pro'],
  ['', 'claude-sonnet-4-5'],
])('genai prices: %s %s is found', (provider, model) => {
  expect(cost(provider, model, 1_000, 1_000)).toBeGreaterThan(0);
});

test('genai prices: a model or provider nobody knows has no cost', () => {
  expect(cost('openai', 'my-own-model', 1, 1)).toBeUndefined();
  expect(cost('my-provider', 'gpt-5-mini', 1, 1)).toBeUndefined();
  expect(cost('openai', '', 1, 1)).toBeUndefined();
  expect(cost('openai', '__proto__', 1, 1)).toBeUndefined();
});

test('genai prices: what answered is priced before what was asked for', () => {
  const usage = { inputTokens: 1_000_000, outputTokens: 0 };
  const asked = callCost('openai', ['gpt-5-mini'], usage, AT)?.usd;
  expect(callCost('openai', ['gpt-5', 'gpt-5-mini'], usage, AT)?.usd).not.toBe(asked);
  expect(callCost('openai', ['deployment-7', 'gpt-5-mini'], usage, AT)?.usd).toBe(asked);
});

test('genai prices: more cached than given, more thought than answered, no number at all: no throw', () => {
  expect(cost('openai', 'gpt-5-mini', 10, 5, { cacheReadTokens: 500 })).toBeGreaterThan(0);
  expect(cost('openai', 'gpt-5-mini', 10, 5, { reasoningTokens: 500 })).toBeGreaterThan(0);
  expect(cost('openai', 'gpt-5-mini', Number.NaN, -1)).toBeUndefined();
});

test('genai prices: a cached token costs less than a new one, and the source has a version and a date', () => {
  const found = callCost(
    'openai',
    ['gpt-5-mini'],
    { inputTokens: 1_000, outputTokens: 100, cacheReadTokens: 500 },
    AT,
  );
  expect(found).toMatchObject({ usd: 0.0003375, contextWindow: 400_000 });
  expect(found?.source).toMatch(/^@pydantic\/genai-prices \d+\.\d+\.\d+ \(\d{4}-\d{2}-\d{2}\)$/);
});
