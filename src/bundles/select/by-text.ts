import { AgentlogError } from '../../core/errors.ts';
import type { TraceSource, TraceSummary, Window } from '../../sources/source.ts';
import { type Clue, cluesIn, traceIdsIn } from './clues.ts';
import type { Selected } from './index.ts';

/** Traces looked at for each clue, the newest. */
const CANDIDATES = 50;
/** Less than this may be chance: two words of a ticket. */
const MIN_WEIGHT = 5;
const NAMED_IDS = 3;

interface Candidate {
  readonly trace: TraceSummary;
  readonly clues: Clue[];
  score: number;
}

/**
 * The trace that a pasted text speaks of: the one it names by id, else the one that the weightiest clues lead to, a
 * clue that fits many traces counting less, a failed one before others, the newest of equals. A question to the
 * source for each clue, at most about 30. `text` must have been redacted.
 * @throws AgentlogError TRACE_NOT_FOUND with what was looked for.
 */
export async function selectByText(source: TraceSource, text: string, window: Window): Promise<Selected> {
  for (const id of traceIdsIn(text).slice(0, NAMED_IDS)) {
    const isThere = await source.trace(id).then(
      () => true,
      (error: unknown) => {
        if (error instanceof AgentlogError && error.code === 'TRACE_NOT_FOUND') return false;
        throw error;
      },
    );
    if (isThere) {
      return {
        traceId: id,
        selection: { by: 'text', reasons: [{ what: 'The text names its id' }], otherCount: 0 },
      };
    }
  }
  const clues = cluesIn(text);
  const candidates = new Map<string, Candidate>();
  for (const clue of clues) {
    const { traces, matchCount } = await source.search({ ...clue.query, ...window, limit: CANDIDATES });
    for (const trace of traces) {
      const known = candidates.get(trace.traceId) ?? {
        trace,
        clues: [],
        score: trace.errorCount > 0 ? 1 : 0,
      };
      candidates.set(trace.traceId, known);
      known.clues.push(clue);
      known.score += clue.weight / (1 + Math.log10(matchCount));
    }
  }
  const ranked = [...candidates.values()].filter(isEnough).sort(byScore);
  const [best] = ranked;
  if (best === undefined) throw nothingFits(clues);
  const reasons = best.clues.map(({ what, text: from }) => ({ what: `The same ${what}`, text: from }));
  const missing = clues.length - best.clues.length;
  if (missing > 0) reasons.push({ what: `${missing} of ${clues.length} clues did not fit`, text: '' });
  return {
    traceId: best.trace.traceId,
    selection: { by: 'text', reasons, otherCount: ranked.length - 1 },
  };
}

function isEnough({ clues }: Candidate): boolean {
  return clues.reduce((sum, { weight }) => sum + weight, 0) >= MIN_WEIGHT;
}

function byScore(a: Candidate, b: Candidate): number {
  if (a.score !== b.score) return b.score - a.score;
  if (a.trace.startTimeUnixNano !== b.trace.startTimeUnixNano) {
    return a.trace.startTimeUnixNano < b.trace.startTimeUnixNano ? 1 : -1;
  }
  return a.trace.traceId < b.trace.traceId ? -1 : 1;
}

function nothingFits(clues: readonly Clue[]): AgentlogError {
  const kinds = [...new Set(clues.map(({ what }) => what))];
  const tried =
    kinds.length === 0
      ? 'The text holds nothing to look for: no stack trace, id, URL, status or telling word.'
      : `No trace fits the text well enough. Looked for: ${kinds.join(', ')}.`;
  return new AgentlogError(
    'TRACE_NOT_FOUND',
    `${tried} \`agentlog-otel traces --errors\` lists failed traces; --query searches for words of your own.`,
  );
}
