import { isPlaceholder } from './assignment/placeholder.ts';
import { isWeakSecret } from './assignment/random-looking.ts';
import {
  type Decoded,
  decodeEntities,
  decodeEscapes,
  decodeForm,
  decodeLooks,
  decodePercent,
  mayHide,
} from './decoded.ts';
import type { EncodedRun } from './gate/encoded-runs.ts';
import type { Finds, Gate } from './gate/gate.ts';
import type { Hit } from './gate/literals.ts';
import { looksLikeJson, walkJson } from './json-text.ts';
import type { KeySense } from './keys.ts';
import { senseAfter } from './list-sense.ts';
import { insideOfMarks, isInMark } from './marks.ts';
import { mergeMatches } from './mask.ts';
import { LONGEST_FIELD, pairRole } from './pairs.ts';
import { repeatsOf } from './repeats.ts';
import type { Match, Rule, ScanMemo } from './rule.ts';
import type { RunRule } from './run-rule.ts';
import { decodingWorkOf, gateWorkOf, RUN_WORK, type Work, workOf } from './work.ts';

/** Layers of encoding that are undone: base64 in JSON in a URL is three. */
const MAX_LAYERS = 5;
const MAX_KEY_LENGTH = 200;

/** What a scan needs: the rules that are on, and the gate over their literals (its tags are indexes into `rules`). */
export interface Scanner {
  readonly rules: readonly Rule[];
  readonly numberRules: readonly RunRule[];
  readonly shapeRules: readonly RunRule[];
  readonly gate: Gate;
  readonly work: Work;
  senseOf(key: string): KeySense;
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
  scanner.work.spend(layer === 0 ? gateWorkOf(text.length) : 2 + 2 * gateWorkOf(text.length));
  // More than these are not looked at: the text is cut shorter before.
  const finds = scanner.gate.find(text, scanner.work.left + MOST_HITS_IN_MARK * countOf(text, MARK) + 1);
  const matches = looksLikeJson(text) ? findInJson(scanner, text, finds, layer) : undefined;
  const merged = mergeMatches(matches ?? findInText(scanner, text, finds, layer));
  const repeats = repeatsOf(text, merged);
  return repeats.length === 0 ? merged : mergeMatches([...merged, ...repeats]);
}

function findInJson(scanner: Scanner, text: string, finds: Finds, layer: number): Match[] | undefined {
  const matches = findAcrossStrings(scanner, text, finds);
  const marks = new Marks(finds);
  const mayBeHidden = mayHide(text);
  const isJson = walkJson(text, {
    onString(start, end) {
      if (end - start < 4) return;
      const content = text.slice(start, end);
      const decoded = decodeEscapes(content);
      if (decoded !== undefined) {
        for (const match of mapped(findDeeper(scanner, decoded.text, layer), decoded))
          matches.push(shifted(match, start));
      } else if (marks.hasOneIn(start, end) || content.includes('%') || (mayBeHidden && mayHide(content))) {
        for (const match of findDeeper(scanner, content, layer)) matches.push(shifted(match, start));
      }
    },
    onLongNumber(start, end) {
      for (const rule of scanner.numberRules) {
        const match = callRunRule(rule, text, start, end);
        if (match !== undefined) matches.push({ ...match, start, end, isBare: true });
      }
    },
    senseOf(start, end) {
      if (end - start > MAX_KEY_LENGTH) return undefined;
      const key = text.slice(start, end);
      const isWorth = marks.hasOneIn(start, end) || key.includes('\\') || (mayBeHidden && mayHide(key));
      return isWorth ? scanner.senseOf(unescaped(key)) : undefined;
    },
    pairRole(start, end) {
      return end - start > LONGEST_FIELD ? undefined : pairRole(text.slice(start, end));
    },
    senseAfter(beforeStart, beforeEnd, start, end) {
      if (beforeEnd - beforeStart > MAX_KEY_LENGTH) return undefined;
      if (text[beforeStart] !== '-' && !marks.hasOneIn(beforeStart, beforeEnd)) return undefined;
      const before = text.slice(beforeStart, beforeEnd);
      return senseAfter(before, text.slice(start, end), (name) => scanner.senseOf(name));
    },
    onSensitive(start, end, isBare, sense) {
      const value = text.slice(start, end);
      if (!isMaskable(value, isBare) || (sense !== 'strong' && !isWeakSecret(value))) return;
      matches.push({ start, end, ruleId: KEY_RULE_ID, isBare });
    },
  });
  if (!isJson) return undefined;
  for (const run of finds.encodedRuns) {
    if (run.isBare !== true) continue;
    scanner.work.spend(RUN_WORK);
    const match = findInRun(scanner, run, layer);
    if (match !== undefined) matches.push(match);
  }
  return matches;
}

function unescaped(key: string): string {
  return decodeEscapes(key)?.text ?? key;
}

function isMaskable(value: string, isBare: boolean): boolean {
  if (value === '' || value === '[]' || value === '{}') return false;
  if (isBare && /^(?:true|false|null|-?\d{1,2}|-?\d+\.\d+)$/.test(value)) return false;
  return (isBare && /^[[{]/.test(value)) || !isPlaceholder(value);
}

/** Nested text, one layer down; past the last layer only the outermost reading counts. */
function findDeeper(scanner: Scanner, text: string, layer: number): Match[] {
  return layer >= MAX_LAYERS ? [] : findSecrets(scanner, text, layer + 1);
}

/** Members of one object tell about each other. */
function findAcrossStrings(scanner: Scanner, text: string, finds: Finds): Match[] {
  const matches: Match[] = [];
  const memo = newMemo(text);
  for (const { entry, start } of finds.hits) {
    const rule = scanner.rules[entry.tag] as Rule;
    if (rule.isAcrossStrings !== true) continue;
    matches.push(...listOf(callRule(rule, text, start, entry.literal, memo)));
    scanner.work.spend((rule.work ?? 1) + memo.work);
    memo.work = 0;
  }
  return matches;
}

function listOf(found: Match | readonly Match[] | undefined): readonly Match[] {
  return found === undefined ? [] : Array.isArray(found) ? (found as readonly Match[]) : [found as Match];
}

function newMemo(text: string): ScanMemo {
  return {
    nameEnd: 0,
    tableEnd: 0,
    wordStart: 0,
    wordEnd: 0,
    url: -1,
    nextUrl: text.indexOf('://'),
    work: 0,
  };
}

function findInText(scanner: Scanner, text: string, finds: Finds, layer: number): Match[] {
  const matches: Match[] = [];
  const done: number[] = [];
  const memo = newMemo(text);
  const marks = countOf(text, MARK);
  const hasMarks = marks > 0;
  scanner.work.foresee(finds.hits.length - MOST_HITS_IN_MARK * marks + RUN_WORK * finds.encodedRuns.length);
  const { hits } = finds;
  const isInside = hasMarks ? insideOfMarks(text) : undefined;
  for (let index = 0; index < hits.length; index++) {
    const { entry, start } = hits[index] as Hit;
    if (layer === 0 && !hasMarks && index % SAMPLE === SAMPLE - 1) scanner.work.project(index, hits.length);
    if (isInside?.(start) === true) continue;
    const rule = scanner.rules[entry.tag] as Rule;
    if (start < (done[entry.tag] ?? 0)) continue;
    const found = callRule(rule, text, start, entry.literal, memo);
    scanner.work.spend(hasMarks && isInMark(text, start) ? 0 : (rule.work ?? 1) + memo.work);
    memo.work = 0;
    if (found === undefined) continue;
    scanner.work.spend(1);
    for (const match of listOf(found)) {
      matches.push(match);
      done[entry.tag] = match.end;
    }
  }
  scanner.work.spend(finds.numberRuns.length >> 1);
  for (const run of finds.numberRuns) {
    for (const rule of scanner.numberRules) {
      const match = callRunRule(rule, text, run.start, run.end);
      if (match !== undefined) matches.push(match);
    }
  }
  // The other encodings are as they were in the text as it looks: undone there, not in both.
  const seen = decodeLooks(text);
  const layers =
    seen === undefined
      ? [decodePercent(text), decodeForm(text), decodeEscapes(text), decodeEntities(text)]
      : [seen];
  for (const decoded of layers) {
    if (decoded === undefined) continue;
    scanner.work.spend(decodingWorkOf(text.length - decoded.text.length));
    matches.push(...mapped(findDeeper(scanner, decoded.text, layer), decoded));
  }
  for (const run of finds.encodedRuns) {
    scanner.work.spend(RUN_WORK);
    for (const rule of scanner.shapeRules) {
      const match = callRunRule(rule, text, run.start, run.end);
      if (match !== undefined) matches.push(match);
    }
    const match = findInRun(scanner, run, layer);
    if (match !== undefined) matches.push(match);
  }
  return matches;
}

/** A run goes whole when what it spells holds a secret, or when what stands before printed bytes says that they are one. */
function findInRun(scanner: Scanner, run: EncodedRun, layer: number): Match | undefined {
  const { start, end, decoded, before, isBare } = run;
  let ruleId = findDeeper(scanner, decoded, layer)[0]?.ruleId;
  if (before !== undefined) {
    scanner.work.spend(workOf(end - start));
    ruleId ??= findDeeper(scanner, `${before}"${decoded}"`, layer).find(
      (match) => match.end > before.length,
    )?.ruleId;
  }
  return ruleId === undefined ? undefined : { start, end, ruleId, isSpecific: true, isBare: isBare === true };
}

/** A mark's own name is free: `[REDACTED:aws-session-token]` has three literals. */
const MOST_HITS_IN_MARK = 4;
const MARK = '[REDACTED:';
/** After so many looks it shows what all of them will take. */
const SAMPLE = 128;

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

function callRule(
  rule: Rule,
  text: string,
  at: number,
  literal: string,
  memo: ScanMemo,
): Match | readonly Match[] | undefined {
  try {
    return rule.find(text, at, literal, memo);
  } catch (error) {
    throw new RuleFault(rule.id, error);
  }
}

function callRunRule(rule: RunRule, text: string, start: number, end: number): Match | undefined {
  try {
    return rule.find(text, start, end);
  } catch (error) {
    throw new RuleFault(rule.id, error);
  }
}

function mapped(matches: readonly Match[], { first, offsets, encodeQuote }: Decoded): Match[] {
  const last = offsets[offsets.length - 1] as number;
  const back = (at: number): number => (at < first ? at : (offsets[at - first] ?? last));
  return matches.map((match) => ({
    ...match,
    start: back(match.start),
    end: back(match.end),
    ...(match.prefixStart === undefined ? {} : { prefixStart: back(match.prefixStart) }),
    ...(match.isBare === true && encodeQuote ? { quote: encodeQuote(match.quote ?? '"') } : {}),
  }));
}

function shifted(match: Match, by: number): Match {
  const moved = { ...match, start: match.start + by, end: match.end + by };
  return match.prefixStart === undefined ? moved : { ...moved, prefixStart: match.prefixStart + by };
}

/** Where the gate found something; asked in ascending order, so that a walk over all tokens stays linear. */
class Marks {
  readonly #places: Int32Array;
  #next = 0;

  constructor(finds: Finds) {
    const starts = [...finds.hits, ...finds.numberRuns, ...finds.encodedRuns].map((find) => find.start);
    this.#places = Int32Array.from(starts).sort();
  }

  /** Whether something begins in `[start, end)`. A run never reaches over a quote. */
  hasOneIn(start: number, end: number): boolean {
    const places = this.#places;
    while (this.#next > 0 && (places[this.#next - 1] as number) >= start) this.#next--;
    while (this.#next < places.length && (places[this.#next] as number) < start) this.#next++;
    return this.#next < places.length && (places[this.#next] as number) < end;
  }
}
