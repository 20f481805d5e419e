import { milliseconds } from '../../numbers.ts';
import { element } from './element.ts';
import type { State } from './state.ts';

type Window = Pick<State, 'fromMs' | 'toMs'>;

/** Where a time lies in the window, in percent of its width. */
export function percent({ fromMs, toMs }: Window, ms: number): number {
  return ((ms - fromMs) / (toMs - fromMs)) * 100;
}

/** Round times that divide the window into about `count` parts. */
export function ticks({ fromMs, toMs }: Window, count: number): number[] {
  const raw = (toMs - fromMs) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= raw) ?? 10);
  const times: number[] = [];
  for (let at = Math.ceil(fromMs / step) * step; at <= toMs && times.length < 50; at += step) times.push(at);
  return times;
}

/** The labels of the axis. */
export function tickLabels(window: Window, width: number): HTMLElement[] {
  return ticks(window, width / 110)
    .filter((ms) => percent(window, ms) < 94)
    .map((ms) => {
      const label = element('span', 'tick', ms === 0 ? '0' : milliseconds(Math.abs(ms)));
      label.style.left = `${percent(window, ms)}%`;
      return label;
    });
}

/** The window narrowed to a part of itself around `centre`, or widened, and kept inside the trace. */
export function zoomed({ fromMs, toMs }: Window, factor: number, centre: number, endMs: number): Window {
  const length = Math.min(endMs, Math.max(endMs * 1e-6, (toMs - fromMs) * factor));
  const part = (centre - fromMs) / (toMs - fromMs);
  return inside(centre - length * part, length, endMs);
}

/** The window of this length that begins about here. */
export function inside(fromMs: number, length: number, endMs: number): Window {
  const from = Math.min(Math.max(0, fromMs), Math.max(0, endMs - length));
  return { fromMs: from, toMs: from + length };
}
