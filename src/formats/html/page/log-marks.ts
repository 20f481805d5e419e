import type { PageData, PageLog } from '../page-data.ts';
import { element } from './element.ts';
import type { State } from './state.ts';
import { percent } from './time-axis.ts';
import { visible } from './visible.ts';

/** Marks that lie closer together, in percent, are drawn as one. */
const MIN_GAP = 0.7;
const TEXT_LIMIT = 240;
const RANK: readonly PageLog['level'][] = ['log', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** Log records as marks on a time line, in order of time; of those that would cover each other the gravest. */
export function logMarks(
  data: PageData,
  state: State,
  logs: readonly number[],
  act?: (log: PageLog) => void,
): HTMLElement[] {
  const chosen: { at: number; log: PageLog; count: number }[] = [];
  for (const index of logs) {
    const log = data.logs[index];
    if (log === undefined) continue;
    const at = percent(state, log.atMs);
    if (at < 0 || at > 100) continue;
    const last = chosen.at(-1);
    if (last === undefined || at - last.at >= MIN_GAP) chosen.push({ at, log, count: 1 });
    else {
      last.count += 1;
      if (RANK.indexOf(log.level) > RANK.indexOf(last.log.level)) last.log = log;
    }
  }
  return chosen.map(({ at, log, count }) => {
    const mark = element('i', `mark ${log.level}`);
    mark.style.left = `${at}%`;
    const more = count > 1 ? ` (and ${count - 1} more here)` : '';
    mark.title = `${log.level} ${visible(log.text.slice(0, TEXT_LIMIT))}${more}`;
    if (act !== undefined) mark.addEventListener('click', () => act(log));
    return mark;
  });
}
