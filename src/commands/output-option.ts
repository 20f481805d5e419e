import type { Command } from 'commander';
import { AgentlogError } from '../core/errors.ts';

/** How a table is printed for programs; neither is the table for a person. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function addOutputOptions(command: Command, jsonMeaning: string): Command {
  return command
    .option('--json', jsonMeaning)
    .option('--csv', 'comma-separated values, safe to open in a spreadsheet');
}

/** @throws AgentlogError USAGE for both. */
export function checkOutput({ json, csv }: OutputOptions): void {
  if (json && csv) throw new AgentlogError('USAGE', 'Give --json or --csv, not both.');
}
