import { readFileSync } from 'node:fs';
import type { UserRule } from './redactor.ts';

const MAX_BYTES = 1_048_576;

/**
 * The user's rules of a JSON file: `[{ "id": "acme", "literals": ["ACME-"], "pattern": "ACME-(\\\\d{4})", "flags": "i" }]`.
 * Empty without a path. Never throws: what cannot be read is told to `onProblem`.
 */
export function readRulesFile(
  path: string | undefined,
  onProblem: (message: string) => void,
): readonly UserRule[] {
  if (path === undefined || path === '') return [];
  let rows: unknown;
  try {
    const text = readFileSync(path, 'utf8');
    if (text.length > MAX_BYTES) throw new Error(`longer than ${MAX_BYTES} bytes`);
    rows = JSON.parse(text);
  } catch (error) {
    // The message of a JSON error quotes the file.
    const why = error instanceof SyntaxError ? 'it is not JSON' : String((error as { code?: unknown }).code);
    onProblem(`redaction: the rules of ${path} are left out: ${why}`);
    return [];
  }
  if (!Array.isArray(rows)) {
    onProblem(`redaction: the rules of ${path} are left out: expected a list`);
    return [];
  }
  return rows.map(ruleOf);
}

/** A row as it stands; its faults are found where all rules of users are checked. */
function ruleOf(row: unknown): UserRule {
  const { id, literals, pattern, flags, description, reference } = (row ?? {}) as Record<string, unknown>;
  return {
    id: id as string,
    literals: literals as string[],
    pattern: expression(pattern, flags) as RegExp,
    ...(typeof description === 'string' && { description }),
    ...(typeof reference === 'string' && { reference }),
  };
}

function expression(pattern: unknown, flags: unknown): RegExp | undefined {
  try {
    return typeof pattern === 'string'
      ? new RegExp(pattern, typeof flags === 'string' ? flags : '')
      : undefined;
  } catch {
    return undefined;
  }
}
