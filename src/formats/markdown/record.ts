import { estimateTokens } from '../tokens.ts';

/** Of a report without another limit. */
export const DEFAULT_MAX_TOKENS = 8_000;

/**
 * How much a record matters: of a report that would be too long, the highest stay. A span that is above one that
 * stays has its score.
 */
export const SCORES = {
  cause: 100,
  error: 92,
  failedSpan: 90,
  causeSource: 88,
  problem: 86,
  failedLog: 84,
  repeatedSpan: 80,
  usual: 78,
  failedSystem: 74,
  criticalSpan: 70,
  modelCall: 66,
  reproduce: 64,
  note: 60,
  furtherCause: 56,
  source: 54,
  warningLog: 52,
  test: 50,
  system: 44,
  log: 40,
  linkedTrace: 38,
  masked: 36,
  safety: 34,
  process: 30,
  info: 26,
  span: 20,
} as const;

/** One piece of a report that stays or goes as a whole. */
export interface ReportRecord {
  readonly score: number;
  /** How many of what the section counts it stands for: the spans of a row. Default 1. */
  readonly count?: number;
  render(): string;
}

/** A heading with its records in the order they are shown. */
export interface Section {
  readonly title: string;
  /** `span`, `log record`: what is counted when records are left out. */
  readonly noun: string;
  readonly records: readonly ReportRecord[];
}

/** The records that stay, rendered, in order, and how many of the section's things went. */
export interface KeptSection {
  readonly title: string;
  readonly noun: string;
  readonly texts: readonly string[];
  readonly leftOutCount: number;
}

/** Records that are tried after the first that did not fit: a small one may. */
const MISFITS = 40;
/** Heading, fence and blank line. */
const SECTION_TOKENS = 14;

/**
 * All records, when they surely fit: a token is at least one byte, and counting those costs nothing beside an estimate.
 * Undefined when that is not sure.
 */
export function chooseAll(sections: readonly Section[], maxTokens: number): KeptSection[] | undefined {
  let left = maxTokens;
  const kept: KeptSection[] = [];
  for (const { title, noun, records } of sections) {
    const texts: string[] = [];
    left -= SECTION_TOKENS;
    for (const record of records) {
      const text = record.render();
      left -= Buffer.byteLength(text) + 1;
      if (left < 0) return undefined;
      texts.push(text);
    }
    kept.push({ title, noun, texts, leftOutCount: 0 });
  }
  return kept;
}

/**
 * The records that fit into `maxTokens`: by score, of equals the first; each whole or not at all. Only what may
 * stay is rendered. Deterministic.
 */
export function choose(sections: readonly Section[], maxTokens: number): KeptSection[] {
  const all = sections.flatMap((section, at) =>
    section.records.map((record, index) => ({ record, at, index })),
  );
  all.sort((a, b) => b.record.score - a.record.score || a.at - b.at || a.index - b.index);
  const kept = sections.map((): Map<number, string> => new Map());
  let left = maxTokens;
  let misfits = 0;
  for (const { record, at, index } of all) {
    const texts = kept[at] as Map<number, string>;
    const text = record.render();
    const cost = estimateTokens(`${text}\n`) + (texts.size === 0 ? SECTION_TOKENS : 0);
    if (cost <= left) {
      left -= cost;
      texts.set(index, text);
    } else {
      misfits += 1;
      if (misfits === MISFITS) break;
    }
  }
  return sections.map(({ title, noun, records }, at) => {
    const texts = kept[at] as Map<number, string>;
    const inOrder = [...texts].sort(([a], [b]) => a - b).map(([, text]) => text);
    const total = records.reduce((sum, { count = 1 }) => sum + count, 0);
    const shown = [...texts.keys()].reduce((sum, index) => sum + (records[index]?.count ?? 1), 0);
    return { title, noun, texts: inOrder, leftOutCount: total - shown };
  });
}
