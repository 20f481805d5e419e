import type { FlatEvent } from '../flat-events.ts';
import { milliseconds } from '../numbers.ts';
import { named, placed, quoted } from '../text.ts';
import { type Color, paint } from './color.ts';
import type { Screen } from './table.ts';
import { cutToWidth } from './width.ts';

const LABELS: Readonly<Record<string, string>> = { request: 'req', failure: 'err', log: 'log' };
const TEXT_LIMIT = 300;

/** `08:40:07.393 req shop "GET /orders" 200 270ms trace=a1f0…`, cut to the screen. */
export function renderTailLine(event: FlatEvent, { columns, hasColors }: Screen): string {
  // Where a line may be cut the id is short, still long enough to ask with, and stands before the text.
  const isCut = columns !== undefined;
  const id = event.trace_id === undefined ? '' : String(event.trace_id).slice(0, isCut ? 8 : undefined);
  const trace = id === '' ? '' : `trace=${named(id)}`;
  const parts = [
    String(event.time).slice(11, 23),
    LABELS[String(event.event_type)] ?? 'log',
    typeof event.service === 'string' ? named(event.service) : '-',
    isCut ? trace : '',
    ...(event.event_type === 'log' ? logParts(event) : spanParts(event)),
    isCut ? '' : trace,
  ];
  const line = cutToWidth(parts.filter((part) => part !== '').join(' '), columns);
  return paint(line, colorOf(event), hasColors);
}

function spanParts(event: FlatEvent): string[] {
  const isFailed = event.is_error === true;
  return [
    quoted(String(event.name ?? ''), 120),
    event.http_status === undefined ? '' : String(event.http_status),
    milliseconds(Number(event.duration_ms)),
    isFailed ? 'ERROR' : '',
    event.is_unfinished === true ? 'UNFINISHED' : '',
    event.error_type === undefined ? '' : named(String(event.error_type)),
    event.error_message === undefined ? '' : quoted(String(event.error_message), TEXT_LIMIT),
    event.file === undefined ? '' : `(${placed(`${event.file}:${event.line}`)})`,
  ];
}

function logParts(event: FlatEvent): string[] {
  return [
    String(event.severity),
    event.event_name === undefined ? '' : named(String(event.event_name)),
    quoted(String(event.body ?? ''), TEXT_LIMIT),
    event.error_type === undefined ? '' : named(String(event.error_type)),
    event.error_message === undefined ? '' : quoted(String(event.error_message), TEXT_LIMIT),
  ];
}

function colorOf(event: FlatEvent): Color | undefined {
  const severity = Number(event.severity_number ?? 0);
  if (event.is_error === true || severity >= 17) return 'red';
  if (event.is_unfinished === true || severity >= 13) return 'yellow';
  return event.event_type === 'log' ? 'dim' : undefined;
}
