import type { LogRecord } from '../core/span.ts';
import { named } from './text.ts';

/** OTLP's severities: four numbers each, from 1. */
export const SEVERITIES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;

/** `WARN`; what a logger without a number says of itself, else `LOG`. */
export function severityOf({
  severityNumber,
  severityText,
}: Pick<LogRecord, 'severityNumber' | 'severityText'>): string {
  const name = severityNumber > 0 ? SEVERITIES[Math.floor((severityNumber - 1) / 4)] : undefined;
  return name ?? (severityText === undefined ? 'LOG' : named(severityText));
}
