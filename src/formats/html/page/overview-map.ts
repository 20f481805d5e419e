import type { PageData } from '../page-data.ts';
import { element } from './element.ts';
import type { Store } from './state.ts';
import { inside, percent } from './time-axis.ts';

const HEIGHT = 44;
const MIN_DRAG_PX = 4;

/** The whole trace as a picture: dragging over it looks closer, a double click looks at all of it again. */
export function overviewMap(data: PageData, store: Store): HTMLElement {
  const canvas = element('canvas');
  const shade = element('div', 'map-window');
  const root = element('div', 'map', canvas, shade);
  root.title = 'Drag to look closer; double click for all of it';
  const draw = (): void => paint(canvas, data);
  const place = (): void => {
    const whole = { fromMs: 0, toMs: endOf(data) };
    shade.style.left = `${percent(whole, store.state.fromMs)}%`;
    shade.style.width = `${percent(whole, store.state.toMs) - percent(whole, store.state.fromMs)}%`;
  };
  new ResizeObserver(draw).observe(root);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  store.listen((changed) => {
    if (changed.has('fromMs') || changed.has('toMs')) place();
  });
  place();
  root.addEventListener('dblclick', () => store.set({ fromMs: 0, toMs: endOf(data) }));
  root.addEventListener('pointerdown', (down) => {
    const { left, width } = root.getBoundingClientRect();
    root.setPointerCapture(down.pointerId);
    const move = (event: PointerEvent): void => {
      const [a, b] = [down.clientX, event.clientX].sort((x, y) => x - y) as [number, number];
      if (b - a < MIN_DRAG_PX) return;
      const at = (x: number): number => (Math.min(width, Math.max(0, x - left)) / width) * endOf(data);
      store.set(inside(at(a), Math.max(endOf(data) * 1e-6, at(b) - at(a)), endOf(data)));
    };
    root.addEventListener('pointermove', move);
    root.addEventListener('pointerup', () => root.removeEventListener('pointermove', move), { once: true });
  });
  return root;
}

/** Where the time axis ends; a trace that took no time has an axis all the same. */
export function endOf(data: PageData): number {
  return data.durationMs > 0 ? data.durationMs : 1;
}

function paint(canvas: HTMLCanvasElement, data: PageData): void {
  const width = canvas.clientWidth;
  const scale = devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.floor(width * scale));
  canvas.height = HEIGHT * scale;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const style = getComputedStyle(document.documentElement);
  const colors = Array.from({ length: 8 }, (_, index) => style.getPropertyValue(`--s${index}`));
  const failed = style.getPropertyValue('--bad');
  context.scale(scale, scale);
  context.globalAlpha = 0.85;
  const end = endOf(data);
  const line = Math.max(0.75, Math.min(5, (HEIGHT - 8) / Math.max(1, data.rows.length) - 0.5));
  for (const [row, [, first, count]] of data.rows.entries()) {
    const y = 4 + (row / Math.max(1, data.rows.length)) * (HEIGHT - 8);
    for (let index = first; index < first + count; index += 1) {
      const span = data.spans[index];
      if (span === undefined) continue;
      context.fillStyle = span.isError ? failed : (colors[span.service % 8] ?? '');
      context.fillRect((span.startMs / end) * width, y, Math.max(0.75, (span.ms / end) * width), line);
    }
  }
}
