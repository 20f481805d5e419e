import type { Attributes } from '@opentelemetry/api';

/** Deeper or longer lists are no messages. */
const MAX_INDEX = 1_024;

interface Tree {
  [name: string]: unknown;
}

/**
 * What stands under a key that was made flat: `gen_ai.prompt.0.role` … → `[{ role }, …]`. Undefined when there is
 * nothing. Also for keys with fields of one item (`llm.prompts.0`).
 */
export function unflatten(attributes: Attributes, prefix: string): unknown[] | undefined {
  let root: Tree | undefined;
  for (const key in attributes) {
    if (!key.startsWith(prefix)) continue;
    const path = key.slice(prefix.length).split('.');
    if (path.length > 12 || !/^\d{1,4}$/.test(path[0] ?? '')) continue;
    root ??= Object.create(null) as Tree;
    put(root, path, attributes[key]);
  }
  const list = listed(root);
  return Array.isArray(list) ? list : undefined;
}

function put(root: Tree, path: readonly string[], value: unknown): void {
  let at = root;
  for (const name of path.slice(0, -1)) {
    if (typeof at[name] !== 'object' || at[name] === null) at[name] = Object.create(null) as Tree;
    at = at[name] as Tree;
  }
  const last = path.at(-1) as string;
  if (typeof at[last] !== 'object') at[last] = value;
}

/** Maps whose fields are all indexes become lists; the shells OpenInference puts around each item go. */
function listed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, listed(inner)] as const);
  if (entries.length === 0 || !entries.every(([key]) => /^\d{1,4}$/.test(key) && Number(key) < MAX_INDEX)) {
    const [only] = entries;
    const isShell =
      entries.length === 1 && /^(?:message|message_content|tool_call|tool|document)$/.test(only?.[0] ?? '');
    return isShell ? only?.[1] : Object.fromEntries(entries);
  }
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, inner]) => inner);
}
