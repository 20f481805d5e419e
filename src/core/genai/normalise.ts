import type { Attributes, AttributeValue } from '@opentelemetry/api';
import {
  GEN_AI_OPERATION_NAME,
  GEN_AI_RESPONSE_FINISH_REASONS,
  GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
} from '../attributes.ts';
import { older } from './dialects/older.ts';
import { openInference } from './dialects/openinference.ts';
import { langfuse, langSmith } from './dialects/platforms.ts';
import { vercel } from './dialects/vercel.ts';
import { finishReasons, operationName } from './names.ts';
import { type Dialect, jsonMap, type Rule } from './rule.ts';
import { count, usageAttributes } from './usage.ts';

/** In order of how much a dialect knows: those of frameworks before what their model clients add beside them. */
const DIALECTS: readonly Dialect[] = [vercel, openInference, langSmith, langfuse, older];

interface Ranked {
  readonly rank: number;
  readonly rule: Rule;
}

/** Every rule by its source, with its place in the order. */
const RULES: ReadonlyMap<string, readonly Ranked[]> = (() => {
  const bySource = new Map<string, Ranked[]>();
  for (const [rank, rule] of DIALECTS.flatMap(({ rules }) => rules).entries()) {
    const list = bySource.get(rule[0]) ?? [];
    bySource.set(rule[0], list);
    list.push({ rank, rule });
  }
  return bySource;
})();

const EXPANSIONS = DIALECTS.flatMap(({ expansions }) => expansions ?? []);

/** `gen_ai.completion.0.finish_reason`, as OpenLLMetry writes it. */
const INDEXED_REASON = /^(?:gen_ai\.completion|llm\.completions)\.(\d{1,3})\.finish_reason$/;

/** What the conventions call the facts of a span, and which of its keys say the same in a dialect. */
export interface Normalised {
  /** Keys that are absent, or whose value breaks an invariant of the token counts. Never content. */
  readonly found: Attributes;
  /** Keys of dialects of which every fact stands under a current name now. */
  readonly sources: readonly string[];
}

/**
 * What the current conventions call the facts of a GenAI span, whichever dialect it speaks: set if absent, token
 * counts settled (see `settleUsage`), one finish reason a choice. Source: SEMCONV-GENAI, dialects; the emitters' own
 * sources in the versions of August 2026. 2 to 20 µs a span: more where facts lie in JSON. `scope` is the name of the
 * instrumentation, for the one that counts tokens in its own way.
 */
export function normaliseGenAi(attributes: Attributes, scope = ''): Normalised {
  const found: Attributes = {};
  const sources: string[] = [];
  const ranks: Record<string, number> = {};
  let reasons: string[] | undefined;
  for (const source in attributes) {
    const value = attributes[source];
    if (value === undefined || value === '') continue;
    const rules = RULES.get(source);
    if (rules !== undefined) {
      let isSaid = false;
      for (const { rank, rule } of rules) if (apply(rule, rank, value)) isSaid = true;
      if (isSaid) sources.push(source);
    } else {
      const index = source.endsWith('.finish_reason') ? INDEXED_REASON.exec(source)?.[1] : undefined;
      if (index !== undefined) {
        reasons ??= [];
        reasons[Number(index)] = String(value);
      }
    }
  }
  for (const [source, expand] of EXPANSIONS) {
    const json = attributes[source] === undefined ? undefined : jsonMap(attributes[source]);
    if (json === undefined) continue;
    for (const [key, value] of Object.entries(expand(json, attributes))) {
      if (attributes[key] === undefined && found[key] === undefined && value !== undefined)
        found[key] = value;
    }
  }
  correct(attributes, found, reasons);
  settleTokens(attributes, found, scope);
  return { found, sources };

  function apply([, target, convert]: Rule, rank: number, value: AttributeValue): boolean {
    const converted = convert === undefined ? value : convert(value, attributes);
    if (converted === undefined) return false;
    if (attributes[target] !== undefined || (ranks[target] ?? Number.POSITIVE_INFINITY) < rank) return true;
    found[target] = converted;
    ranks[target] = rank;
    return true;
  }
}

/** Current names with values that are none: an operation of a dialect's own, a list written as one text. */
function correct(attributes: Attributes, found: Attributes, reasons: readonly string[] | undefined): void {
  const operation = attributes[GEN_AI_OPERATION_NAME];
  if (operation !== undefined) {
    // LangSmith calls a retriever's run `embeddings`.
    const named = operationName(attributes['langsmith.span.kind'] ?? operation);
    if (named !== undefined && named !== operation) found[GEN_AI_OPERATION_NAME] = named;
  }
  const given = attributes[GEN_AI_RESPONSE_FINISH_REASONS];
  if (typeof given === 'string' || (Array.isArray(given) && given.some((each) => /-/.test(String(each))))) {
    const list = finishReasons(given);
    if (list !== undefined) found[GEN_AI_RESPONSE_FINISH_REASONS] = list;
  } else if (given === undefined && reasons !== undefined) {
    const list = finishReasons(Array.from(reasons, (each) => each ?? ''));
    if (list !== undefined) found[GEN_AI_RESPONSE_FINISH_REASONS] ??= list;
  }
}

const TOKENS = [
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
  GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
] as const;

function settleTokens(attributes: Attributes, found: Attributes, scope: string): void {
  const [input, output, cacheRead, cacheWrite, reasoning] = TOKENS.map((key) =>
    count(found[key] ?? attributes[key]),
  );
  if (input === undefined && output === undefined && cacheRead === undefined && cacheWrite === undefined)
    return;
  const settled = usageAttributes({
    // It passes on Anthropic's own count, without what was read from and written to the cache.
    inputTokens:
      scope === '@traceloop/instrumentation-anthropic' && input !== undefined
        ? input + (cacheRead ?? 0) + (cacheWrite ?? 0)
        : input,
    outputTokens: output,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    reasoningTokens: reasoning,
  });
  for (const key of TOKENS) {
    const value = settled[key];
    if (value !== undefined && attributes[key] !== value) found[key] = value;
    else delete found[key];
  }
}
