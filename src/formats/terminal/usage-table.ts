import { dollars } from '../numbers.ts';
import { named, quoted } from '../text.ts';
import { renderTable, type Screen } from './table.ts';

/** Tokens and cost of some model calls. */
export interface UsageRow {
  readonly group: readonly string[];
  readonly callCount: number;
  readonly errorCount: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly reasoningTokens: number;
  readonly costUsd: number;
  readonly unpricedCallCount: number;
}

const NAME_LIMIT = 60;
const NUMBERS = ['CALLS', 'ERRORS', 'INPUT', 'OUTPUT', 'CACHED', 'REASONING', 'COST'];

/** A line a group and, below several, one for all of them. */
export function renderUsage(
  rows: readonly UsageRow[],
  by: readonly string[],
  total: UsageRow,
  screen: Screen,
): string {
  const columns = [
    ...by.map((name) => ({ title: name.toUpperCase() })),
    ...NUMBERS.map((title) => ({ title, isNumber: true })),
  ];
  const totalRow = { ...total, group: by.map((_, index) => (index === 0 ? 'total' : '')) };
  const shown = rows.length > 1 ? [...rows, totalRow] : rows;
  return renderTable(
    columns,
    shown.map((row) => ({ cells: cells(row, row === totalRow) })),
    screen,
  );
}

function cells(row: UsageRow, isTotal: boolean): string[] {
  const isPriced = row.unpricedCallCount < row.callCount;
  return [
    ...row.group.map((name) => (isTotal ? name : groupName(name))),
    ...[row.callCount, row.errorCount, row.inputTokens, row.outputTokens].map(String),
    ...[row.cachedInputTokens, row.reasoningTokens].map(String),
    isPriced ? `$${dollars(row.costUsd)}` : '?',
  ];
}

function groupName(name: string): string {
  if (name === '') return '-';
  return name.length <= NAME_LIMIT ? named(name) : quoted(name, NAME_LIMIT);
}
