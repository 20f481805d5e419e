/**
 * What a record costs to redact and encode, in units of about 20 ns, one for each character of text. What is not
 * text counts by measurement: see `test/e2e/limits.test.ts`.
 */
export const COST = { attribute: 64, item: 64, field: 384, event: 320, link: 448 } as const;

/** Deeper values are cut; a log body may be cyclic. */
export const MAX_DEPTH = 32;

interface Fields {
  readonly attributes?: object | undefined;
}

/** The parts of a span or log record that have a size. */
export interface Sized extends Fields {
  readonly events?: readonly Fields[];
  readonly links?: readonly Fields[];
  readonly body?: unknown;
}

/** The cost of a record; not read beyond `most`, so it takes no longer for what is very large. */
export function measure(record: Sized, most: number): number {
  let cost = measureFields(record.attributes, most);
  const { events, links, body } = record;
  if (events !== undefined && events.length > 0) cost += measureList(events, COST.event, most - cost);
  if (links !== undefined && links.length > 0) cost += measureList(links, COST.link, most - cost);
  return body === undefined ? cost : cost + measureValue(body, most - cost);
}

export function measureFields(attributes: object | undefined, most: number): number {
  let cost = 0;
  for (const key in attributes) {
    const value = (attributes as Record<string, unknown>)[key];
    cost += COST.attribute + key.length;
    if (typeof value === 'string') cost += value.length;
    else if (typeof value === 'object') cost += measureValue(value, most - cost);
    if (cost > most) break;
  }
  return cost;
}

function measureList(list: readonly Fields[], each: number, most: number): number {
  let cost = 0;
  for (const item of list) {
    cost += each + measureFields(item.attributes, most - cost);
    if (cost > most) break;
  }
  return cost;
}

/** The cost of a value of any shape; of one that is cyclic, more than `most`. */
export function measureValue(value: unknown, most: number, depth = 0): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return COST.item;
  if (value instanceof Uint8Array) return value.byteLength * 2;
  if (depth > MAX_DEPTH) return most + 1;
  let cost: number = COST.item;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && cost <= most; index++) {
      cost += COST.item + measureValue(value[index], most - cost, depth + 1);
    }
    return cost;
  }
  for (const key in value) {
    cost += COST.field + key.length;
    cost += measureValue((value as Record<string, unknown>)[key], most - cost, depth + 1);
    if (cost > most) break;
  }
  return cost;
}
