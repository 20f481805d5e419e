/**
 * Part of `npm run build`: makes the compact table of prices in `dist/` from the dev dependency
 * `@pydantic/genai-prices`, so that nobody who installs this package loads that one (src/README.md, decision 19).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { ConditionalPrice, MatchLogic, ModelPrice } from '@pydantic/genai-prices';
import { updatePrices, waitForUpdate } from '@pydantic/genai-prices';
import type { Match, PriceList, ProviderPrices, TableHead } from '../src/core/genai/prices/table.ts';

const ROOT = resolve(import.meta.dirname, '..');
/** The package does not say when it was published; its registry does. */
const PUBLISHED: Readonly<Record<string, string>> = { '0.1.8': '2026-09-23' };

const manifest = join(
  dirname(createRequire(import.meta.url).resolve('@pydantic/genai-prices')),
  '../package.json',
);
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
const date = PUBLISHED[version];
if (date === undefined) throw new Error(`add the date of @pydantic/genai-prices ${version} to PUBLISHED`);

updatePrices(() => {});
const providers = (await waitForUpdate()) ?? [];
if (providers.length === 0) throw new Error('@pydantic/genai-prices has no prices');

const head: TableHead = {
  source: `@pydantic/genai-prices ${version} (${date})`,
  providers: providers.map(({ id, provider_match, model_match }) => ({
    id,
    ...(provider_match && { match: compactMatch(provider_match) }),
    ...(model_match && { models: compactMatch(model_match) }),
  })),
};
const lines = providers.map(
  ({ fallback_model_providers, models }): ProviderPrices => ({
    ...(fallback_model_providers && { also: fallback_model_providers }),
    models: models.map(({ match, context_window, prices }) => [
      compactMatch(match),
      context_window ?? 0,
      Array.isArray(prices) ? prices.map(compactCondition) : compactPrices(prices),
    ]),
  }),
);
const file = join(ROOT, 'dist/src/core/genai/prices/prices.jsonl');
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));

function compactMatch(logic: MatchLogic): Match {
  if ('or' in logic) return ['or', ...logic.or.map(compactMatch)];
  if ('and' in logic) return ['and', ...logic.and.map(compactMatch)];
  if ('equals' in logic) return logic.equals.toLowerCase();
  if ('starts_with' in logic) return ['^', logic.starts_with.toLowerCase()];
  if ('ends_with' in logic) return ['$', logic.ends_with.toLowerCase()];
  if ('contains' in logic) return ['*', logic.contains.toLowerCase()];
  return ['re', logic.regex];
}

/** Only what is charged for tokens and for the request; audio, images and searches are not in a span's usage. */
function compactPrices(prices: ModelPrice): PriceList {
  const keys = {
    input_mtok: 'i',
    output_mtok: 'o',
    cache_read_mtok: 'r',
    cache_write_mtok: 'w',
    output_reasoning_mtok: 'g',
    requests_kcount: 'q',
  } as const;
  return Object.fromEntries(
    Object.entries(keys).flatMap(([key, short]) => {
      const price = prices[key];
      if (price === undefined) return [];
      const compact =
        typeof price === 'number'
          ? price
          : [
              price.base,
              ...[...price.tiers].sort((a, b) => a.start - b.start).map((t) => [t.start, t.price]),
            ];
      return [[short, compact]];
    }),
  );
}

function compactCondition({
  constraint,
  prices,
}: ConditionalPrice): readonly [string | readonly string[], PriceList] {
  if (constraint === undefined) return ['', compactPrices(prices)];
  const when =
    constraint.type === 'start_date' ? constraint.start_date : [constraint.start_time, constraint.end_time];
  return [when, compactPrices(prices)];
}
