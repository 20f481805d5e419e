import type { FlatEvent } from '../flat-events.ts';
import { milliseconds } from '../numbers.ts';
import { named, valued } from '../text.ts';
import { paint } from './color.ts';
import type { Screen } from './table.ts';
import { cutToWidth } from './width.ts';

/** What stands elsewhere on the line, or says nothing to a person. */
const LEFT_OUT = new Set([
  'event_type',
  'time',
  'time_unix_nano',
  'service',
  'trace_id',
  'span_id',
  'parent_span_id',
  'duration_ms',
  'is_error',
  'is_entry',
]);

/** A flat event on one line: time, what it is, service, how long, its own fields, its trace. */
export function renderEvent(event: FlatEvent, { columns, hasColors }: Screen): string {
  const isFailed = event.is_error === true || event.event_type === 'failure' || event.event_type === 'err';
  const parts = [
    String(event.time),
    String(event.event_type).padEnd(8),
    typeof event.service === 'string' ? named(event.service) : '-',
    typeof event.duration_ms === 'number' ? milliseconds(event.duration_ms) : '',
    event.is_error === true && event.event_type !== 'failure' ? 'ERROR' : '',
    ...Object.entries(event).flatMap(([field, value]) =>
      LEFT_OUT.has(field) ? [] : [`${field}=${valued(value)}`],
    ),
    event.trace_id === undefined ? '' : `trace=${named(String(event.trace_id))}`,
  ];
  const line = cutToWidth(parts.filter((part) => part !== '').join(' '), columns);
  return paint(line, isFailed ? 'red' : undefined, hasColors);
}
