import { readFileSync } from 'node:fs';

/** A model's or provider's name: equal to a text, or by its begin, end, part, pattern, any or all of several. */
export type Match = string | readonly ['or' | 'and' | '^' | '$' | '*' | 're', ...(Match | string)[]];

/** Dollars a million tokens; a list is a base price and what holds above so many input tokens. */
export type Price = number | readonly [number, ...(readonly [start: number, price: number])[]];

/** For input, output, cache read, cache write and reasoning tokens; `q`: for a thousand requests. */
export type PriceList = Readonly<Partial<Record<'i' | 'o' | 'r' | 'w' | 'g' | 'q', Price>>>;

/** When prices hold: always, from a day on, or from one time of day (UTC) to another. The last that fits counts. */
export type DatedPrices = readonly (readonly [when: string | readonly string[], prices: PriceList])[];

export type ModelPrices = readonly [match: Match, contextWindow: number, prices: PriceList | DatedPrices];

export interface ProviderPrices {
  /** Providers whose models it sells as well. */
  readonly also?: readonly string[];
  readonly models: readonly ModelPrices[];
}

export interface TableHead {
  /** What the table was made from: package, version, date. */
  readonly source: string;
  /** In the order of the lines; `models`: names that tell the provider. */
  readonly providers: readonly { readonly id: string; readonly match?: Match; readonly models?: Match }[];
}

/** The table of prices that `npm run build` made. Loaded at the first question: 0.5 ms; a provider's part at its own. */
export interface PriceTable extends TableHead {
  provider(id: string): ProviderPrices | undefined;
}

let table: PriceTable | null | undefined;

/** The table, or null if this package was not built. Never throws. */
export function priceTable(): PriceTable | null {
  table ??= load();
  return table;
}

/** From `dist/`, beside this file; from the sources as well, for tests. */
function load(): PriceTable | null {
  for (const path of ['./prices.jsonl', '../../../../dist/src/core/genai/prices/prices.jsonl']) {
    try {
      return open(readFileSync(new URL(path, import.meta.url), 'utf8'));
    } catch {
      // The other place has it.
    }
  }
  return null;
}

function open(text: string): PriceTable {
  const [first = '', ...lines] = text.split('\n');
  const head = JSON.parse(first) as TableHead;
  const read = new Map<string, ProviderPrices>();
  return {
    ...head,
    provider(id) {
      const known = read.get(id);
      if (known !== undefined) return known;
      const index = head.providers.findIndex((each) => each.id === id);
      if (index < 0) return undefined;
      const prices = JSON.parse(lines[index] as string) as ProviderPrices;
      read.set(id, prices);
      return prices;
    },
  };
}
