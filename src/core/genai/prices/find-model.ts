import type { Match, ModelPrices, PriceTable } from './table.ts';

/** What the conventions call a provider, and the table. The table's own patterns know many more names. */
const PROVIDERS: Readonly<Record<string, string>> = {
  x_ai: 'x-ai',
  'azure.ai.inference': 'azure',
  'azure.ai.openai': 'azure',
  'aws.bedrock': 'aws',
  'gcp.gemini': 'google',
  'gcp.gen_ai': 'google',
  'gcp.vertex_ai': 'google',
  mistral_ai: 'mistral',
  moonshot_ai: 'moonshotai',
};

const MAX_MEMO = 256;
const memo = new Map<string, ModelPrices | null>();

/**
 * The prices of a model at a provider; undefined for one that nobody knows. Without a provider the model's name must
 * tell it. `ft:gpt-4o:…` counts as its base model, `models/gemini…` and `openai/gpt-4o` as what follows.
 */
export function findModel(table: PriceTable, provider: string, model: string): ModelPrices | undefined {
  const key = `${provider}\n${model}`;
  let found = memo.get(key);
  if (found === undefined) {
    found = search(table, provider.toLowerCase().trim(), model.toLowerCase().trim()) ?? null;
    if (memo.size >= MAX_MEMO) memo.clear();
    memo.set(key, found);
  }
  return found ?? undefined;
}

function search(table: PriceTable, provider: string, model: string): ModelPrices | undefined {
  if (model === '' || model.length > 200) return undefined;
  for (const name of namesOf(model)) {
    const id = providerId(table, provider, name);
    const found = id === undefined ? undefined : findAt(table, id, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function namesOf(model: string): string[] {
  const base = /^ft:([^:]+)/.exec(model)?.[1] ?? model;
  const last = base.slice(base.lastIndexOf('/') + 1);
  return [...new Set([model, base, last])];
}

function providerId(table: PriceTable, provider: string, model: string): string | undefined {
  if (provider !== '') {
    const id = PROVIDERS[provider] ?? provider;
    const byId = table.providers.find((each) => each.id === id);
    return (byId ?? table.providers.find(({ match }) => match !== undefined && matches(match, id)))?.id;
  }
  return table.providers.find(({ models }) => models !== undefined && matches(models, model))?.id;
}

function findAt(table: PriceTable, id: string, model: string): ModelPrices | undefined {
  const dated = model.replace(/-(20\d{2})(\d{2})(\d{2})(?=-|:|$)/g, '-$1-$2-$3');
  return findExact(table, id, model) ?? (dated === model ? undefined : findExact(table, id, dated));
}

function findExact(table: PriceTable, id: string, model: string): ModelPrices | undefined {
  const provider = table.provider(id);
  const own = provider?.models.find(([match]) => matches(match, model));
  if (own !== undefined) return own;
  for (const other of provider?.also ?? []) {
    const found = table.provider(other)?.models.find(([match]) => matches(match, model));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `name` in lower case. */
function matches(match: Match | string, name: string): boolean {
  if (typeof match === 'string') return match === name;
  const [kind, ...rest] = match;
  const text = rest[0];
  switch (kind) {
    case 'or':
      return rest.some((each) => matches(each, name));
    case 'and':
      return rest.every((each) => matches(each, name));
    case '^':
      return name.startsWith(text as string);
    case '$':
      return name.endsWith(text as string);
    case '*':
      return name.includes(text as string);
    case 're':
      return new RegExp(text as string).test(name);
  }
}
