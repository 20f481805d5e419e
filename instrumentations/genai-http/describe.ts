/** The ends of paths that run a model, and what they do. The first that fits wins. */
const PATHS: readonly (readonly [RegExp, string])[] = [
  [/\/models\/([^/:]+):(?:streamG|g)enerateContent$/, 'generate_content'],
  [/\/models\/([^/:]+):(?:rawPredict|streamRawPredict)$/, 'chat'],
  [/\/models\/([^/:]+):(?:embedContent|batchEmbedContents)$/, 'embeddings'],
  [/\/model\/([^/]+)\/(?:converse|converse-stream|invoke|invoke-with-response-stream)$/, 'chat'],
  [/\/deployments\/([^/]+)\/chat\/completions$/, 'chat'],
  [/\/deployments\/([^/]+)\/completions$/, 'text_completion'],
  [/\/deployments\/([^/]+)\/embeddings$/, 'embeddings'],
  [/\/chat\/completions$/, 'chat'],
  [/\/(?:responses|messages|interactions)$/, 'chat'],
  [/\/(?:api|v1|v2|ml\/v1\/text)\/chat$/, 'chat'],
  [/\/completions$/, 'text_completion'],
  [/\/api\/generate$/, 'text_completion'],
  [/\/(?:embeddings|embed)$/, 'embeddings'],
  [/\/rerank$/, 'retrieval'],
];

/** What a request to a provider does, by its path, with the model where the path names it; undefined if it runs none. */
export function describeRequest(path: string): { operation: string; model: string | undefined } | undefined {
  const [plain = ''] = path.split('?', 1);
  for (const [pattern, operation] of PATHS) {
    const match = pattern.exec(plain);
    if (match !== null) return { operation, model: decoded(match[1]) };
  }
  return undefined;
}

function decoded(model: string | undefined): string | undefined {
  if (model === undefined) return undefined;
  try {
    return decodeURIComponent(model);
  } catch {
    return model;
  }
}
