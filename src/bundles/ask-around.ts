import { AgentlogError, type ErrorCode } from '../core/errors.ts';
import type { Allowance, Limits } from '../sources/allowance.ts';

/** What a backend may be asked around one trace, all of it together; each question is many requests there. */
export const REMOTE_LIMITS: Limits = { requestCount: 400, timeMs: 10_000 };
/** A local store bounds itself by what it reads. */
export const LOCAL_LIMITS: Limits = {
  requestCount: Number.POSITIVE_INFINITY,
  timeMs: Number.POSITIVE_INFINITY,
};

/** Failures that cost what is around a trace, not the bundle: a backend may know traces and refuse to search or count. */
const NOT_THE_BUNDLE: readonly ErrorCode[] = [
  'QUERY_UNSUPPORTED',
  'DATABASE_MISSING',
  'SOURCE_FAILED',
  'SOURCE_UNREACHABLE',
];

/**
 * What `work` asks of a source, or why that is not known, in our words.
 * @throws AgentlogError what `work` throws, but for a source that cannot or does not answer.
 */
export async function askAround<T extends object>(
  around: Allowance,
  work: () => Promise<T>,
): Promise<T | string> {
  try {
    return (await around.run(work)) ?? `${around.spent}`;
  } catch (error) {
    if (!(error instanceof AgentlogError) || !NOT_THE_BUNDLE.includes(error.code)) throw error;
    return `the source cannot answer here (${error.code})`;
  }
}
