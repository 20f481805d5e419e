import type { Outcome } from '../bundles/bundle.ts';

/** How it went, behind `Trace 4bf9…:`. */
export const VERDICTS: Readonly<Record<Outcome, string>> = {
  failed: 'FAILED',
  problem: 'went through, with a problem',
  ok: 'nothing stands out',
  empty: 'no spans',
};
