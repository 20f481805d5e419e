import { isPlaceholder } from './assignment/plausible.ts';
import { base64Runs } from './base64.ts';
import { type Decoded, decodeEscapes, decodePercent } from './decoded.ts';
import type { Gate, GateEntry } from './gate.ts';
import { looksLikeJson, walkJson } from './json-text.ts';
import { mergeMatches } from './mask.ts';
import { findNumbers, type NumberRule } from './numbers.ts';
import type { Match, Rule } from './rule.ts';

/** Layers of encoding that are undone: base64 in JSON in a URL is three. */
const MAX_LAYERS = 4;

/** What a scan needs: the rules that are on, and the gate over their literals (its tags are indexes into `rules`). */
export interface Scanner {
  readonly rules: readonly Rule[];
  readonly numberRules: readonly NumberRule[];
  readonly gate: Gate;
}

/** A rule broke: the caller masks the whole value. */
export class RuleFault extends Error {
  readonly ruleId: string;

  constructor(ruleId: string, cause: unknown) {
    super(`redaction rule ${ruleId} failed`, { cause });
    this.ruleId = ruleId;
  }
}

export const KEY_RULE_ID = 'sensitive-key';

/** Everything in `text` that must be masked, sorted and without overlaps, through every layer of encoding. */
export function findSecrets(scanner: Scanner, text: string, layer = 0): Match[] {
  const matches = looksLikeJson(text) ? findInJson(scanner, text, layer) : undefined;
  return mergeMatches(matches ?? findInText(scanner, text, layer));
}

function findInJson(scanner: Scanner, text: string, layer: number): Match[] | undefined {
  const matches: Match[] = [];
  const isJson = walkJson(text, {
    onString(start, end) {
      if (end - start < 4) return;
      const content = text.slice(start, end);
      const decoded = decodeEscapes(content);
      const found =
        decoded === undefined
          ? findSecrets(scanner, content, layer + 1)
          : mapped(findSecrets(scanner, decoded.text, layer + 1), decoded);
      for (const match of found) matches.push(shifted(match, start));
    },
    onSensitive(start, end, isBare) {
      const value = text.slice(start, end);
      if (end === start || value === 'true' || value === 'false' || value === '[]' || value === '{}') return;
      if (!/^[[{]/.test(value) && isPlaceholder(value)) return;
      matches.push({ start, end, ruleId: KEY_RULE_ID, isBare });
    },
  });
  return isJson ? matches : undefined;
}

function findInText(scanner: Scanner, text: string, layer: number): Match[] {
  const matches: Match[] = [];
  const done = new Map<number, number>();
  scanner.gate.each(text, (entry: GateEntry, start: number) => {
    if (start < (done.get(entry.tag) ?? 0)) return;
    const rule = scanner.rules[entry.tag];
    if (rule === undefined) return;
    const found = callRule(rule, text, start, entry.literal);
    if (found === undefined) return;
    for (const match of Array.isArray(found) ? found : [found as Match]) {
      matches.push(match);
      done.set(entry.tag, match.end);
    }
  });
  for (const match of findNumbers(text, scanner.numberRules)) matches.push(match);
  if (layer >= MAX_LAYERS) return matches;
  for (const decoded of [decodePercent(text), decodeEscapes(text)]) {
    if (decoded !== undefined)
      matches.push(...mapped(findSecrets(scanner, decoded.text, layer + 1), decoded));
  }
  for (const run of base64Runs(text)) {
    const inner = findSecrets(scanner, run.decoded, layer + 1)[0];
    if (inner !== undefined)
      matches.push({ start: run.start, end: run.end, ruleId: inner.ruleId, isSpecific: true });
  }
  return matches;
}

function callRule(
  rule: Rule,
  text: string,
  at: number,
  literal: string,
): Match | readonly Match[] | undefined {
  try {
    return rule.find(text, at, literal);
  } catch (error) {
    throw new RuleFault(rule.id, error);
  }
}

function mapped(matches: readonly Match[], decoded: Decoded): Match[] {
  return matches.map((match) => ({
    ...match,
    start: decoded.offsets[match.start] ?? 0,
    end: decoded.offsets[match.end] ?? decoded.offsets[decoded.offsets.length - 1] ?? 0,
  }));
}

function shifted(match: Match, by: number): Match {
  return { ...match, start: match.start + by, end: match.end + by };
}
