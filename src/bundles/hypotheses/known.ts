import type { Baseline } from '../baseline.ts';
import type { Bundle } from '../bundle.ts';

/** What the rules look at. */
export type Known = Pick<
  Bundle,
  'trace' | 'outcome' | 'durationMs' | 'findings' | 'errors' | 'llmCalls' | 'processes'
> & { readonly baseline?: Baseline | undefined };
