import { milliseconds } from '../../numbers.ts';
import type { PageData } from '../page-data.ts';
import { element } from './element.ts';
import type { State } from './state.ts';
import { percent } from './time-axis.ts';

/** Bars of one row that lie closer together than this, in percent, are drawn as one. */
const MIN_GAP = 0.12;

/** The bars of the spans of a row: one each, those that would touch joined. */
export function bars(data: PageData, state: State, spans: readonly number[]): HTMLElement[] {
  const drawn: HTMLElement[] = [];
  let last: { left: number; right: number; isError: boolean; bar: HTMLElement } | undefined;
  for (const index of spans) {
    const span = data.spans[index];
    if (span === undefined) continue;
    const left = Math.max(-1, percent(state, span.startMs));
    const right = Math.min(101, percent(state, span.startMs + span.ms));
    if (right < 0 || left > 100) continue;
    const isError = span.isError === true;
    if (last !== undefined && last.isError === isError && left - last.right < MIN_GAP) {
      last.right = Math.max(last.right, right);
      last.bar.style.width = `${last.right - last.left}%`;
      continue;
    }
    const look = `bar s${span.service % 8}${isError ? ' failed' : ''}${span.isUnfinished ? ' unfinished' : ''}`;
    const bar = element('i', look);
    bar.style.left = `${left}%`;
    bar.style.width = `${right - left}%`;
    last = { left, right, isError, bar };
    drawn.push(bar);
  }
  return drawn;
}

/** How long a row took, beside its bars where there is room. */
export function durationLabel(data: PageData, state: State, spans: readonly number[]): HTMLElement {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const index of spans) {
    const span = data.spans[index];
    if (span === undefined) continue;
    from = Math.min(from, span.startMs);
    to = Math.max(to, span.startMs + span.ms);
    sum += span.ms;
  }
  const label = element('span', 'took', spans.length > 1 ? `Σ ${milliseconds(sum)}` : milliseconds(sum));
  const left = Math.min(100, Math.max(0, percent(state, from)));
  const right = Math.min(100, Math.max(0, percent(state, to)));
  if (right < 86) label.style.left = `calc(${right}% + 6px)`;
  else if (left > 14) label.style.right = `calc(${100 - left}% + 6px)`;
  else {
    label.classList.add('inside');
    label.style.right = `calc(${100 - right}% + 6px)`;
  }
  return label;
}

/** What the end of the request waited for, as a line along the bar. */
export function criticalLines(
  state: State,
  stretches: readonly (readonly [number, number])[],
): HTMLElement[] {
  const drawn: HTMLElement[] = [];
  let lastRight = Number.NEGATIVE_INFINITY;
  for (const [fromMs, toMs] of stretches) {
    const left = Math.max(-1, percent(state, fromMs));
    const right = Math.min(101, percent(state, toMs));
    if (right < 0 || left > 100) continue;
    const line = drawn.at(-1);
    if (line !== undefined && left - lastRight < MIN_GAP) {
      line.style.width = `calc(${line.style.width} + ${right - lastRight}%)`;
    } else {
      const made = element('i', 'critical');
      made.style.left = `${left}%`;
      made.style.width = `${right - left}%`;
      drawn.push(made);
    }
    lastRight = right;
  }
  return drawn;
}
