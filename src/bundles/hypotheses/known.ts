import type { Bundle } from '../bundle.ts';
import type { Baseline } from '../past.ts';

/** What the rules look at. */
export type Known = Pick<
  Bundle,
  'trace' | 'outcome' | 'durationMs' | 'findings' | 'errors' | 'llmCalls' | 'processes'
> & { readonly baseline?: Baseline | undefined };
