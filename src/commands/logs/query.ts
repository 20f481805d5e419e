import { AgentlogError } from '../../core/errors.ts';
import { SEVERITIES } from '../../formats/severity.ts';
import type { LogQuery } from '../../sources/source.ts';
import { parseAttributes } from '../attribute-option.ts';
import type { Terminal } from '../command.ts';
import { parseCount } from '../parse-count.ts';
import { parseWindow, type WindowOptions } from '../window-options.ts';

/** The options of `logs` that make its query. */
export interface QueryOptions extends WindowOptions {
  readonly trace?: string;
  readonly span?: string;
  readonly service?: string;
  readonly severity?: string;
  readonly text?: string;
  readonly attr?: readonly string[];
  readonly limit: string;
  readonly cursor?: string;
}

const LIMIT_MAX = 100_000;

/**
 * All but the trace and the span, which are looked up first.
 * @throws AgentlogError USAGE.
 */
export function readQuery(options: QueryOptions, terminal: Terminal): LogQuery & { readonly limit: number } {
  return {
    limit: parseCount(options.limit, '--limit', LIMIT_MAX),
    ...(options.service !== undefined && { service: options.service }),
    ...(options.severity !== undefined && { minSeverity: readSeverity(options.severity) }),
    ...(options.text !== undefined && { text: options.text }),
    ...parseAttributes(options.attr),
    ...parseWindow(options, terminal),
  };
}

/** `warn` and above is 13; `warning`, `err` and OTLP's own numbers are understood. */
function readSeverity(text: string): number {
  const number = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 24) return number;
  const name = text
    .toUpperCase()
    .replace(/^WARNING$/, 'WARN')
    .replace(/^ERR$/, 'ERROR');
  const index = (SEVERITIES as readonly string[]).indexOf(name);
  if (index >= 0) return 4 * index + 1;
  const names = SEVERITIES.map((each) => each.toLowerCase()).join(', ');
  throw new AgentlogError('USAGE', `Expected --severity to be ${names}, or a number from 1 to 24.`);
}
