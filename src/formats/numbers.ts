/** Milliseconds with as many digits as matter: `0.42ms`, `5.6ms`, `312ms`, `12.3s`. */
export function milliseconds(value: number): string {
  if (value >= 10_000) return `${trimmed(value / 1000, 1)}s`;
  return `${trimmed(value, value >= 100 ? 0 : value >= 1 ? 1 : 2)}ms`;
}

/** A time since the start of the trace: `+12.3ms`. */
export function offset(start: bigint, time: bigint): string {
  const ms = Number(time - start) / 1e6;
  return ms < 0 ? `-${milliseconds(-ms)}` : `+${milliseconds(ms)}`;
}

/** `2026-11-21T08:40:07.123Z`; a time that no date can hold is `unknown time`. */
export function isoTime(unixNano: bigint): string {
  const ms = Number(unixNano / 1_000_000n);
  return ms > 0 && ms < 8.64e15 ? new Date(ms).toISOString() : 'unknown time';
}

/** Bytes as `312 B`, `4.2 KB`, `17 MB`, `1.3 GB`; 1 KB is 1,000 B. */
export function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** step;
  return `${trimmed(value, value >= 10 || step === 0 ? 0 : 1)} ${units[step]}`;
}

/** A part of 1 as `0.4%`, `59%`. */
export function percent(ratio: number): string {
  return `${rounded(ratio * 100)}%`;
}

/** With one digit after the point below 10: `0.4`, `59`. */
export function rounded(value: number): string {
  return trimmed(value, value >= 10 ? 0 : 1);
}

/** `1 span`, `3 spans`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Handles as ranges: `#2 #10-49`; at most `limit` ranges, then how many spans more. */
export function handleRanges(handles: readonly number[], limit = 8): string {
  const ranges: { first: number; last: number }[] = [];
  for (const handle of handles) {
    const range = ranges.at(-1);
    if (range !== undefined && handle === range.last + 1) range.last = handle;
    else ranges.push({ first: handle, last: handle });
  }
  const shown = ranges
    .slice(0, limit)
    .map(({ first, last }) => (first === last ? `#${first}` : `#${first}-${last}`));
  const rest = ranges.slice(limit).reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return `${shown.join(' ')}${rest > 0 ? ` +${rest} more` : ''}`;
}

/** `0.000375`, `1.25`: four digits that say something, never an exponent. */
export function dollars(usd: number): string {
  return usd === 0
    ? '0'
    : usd
        .toFixed(Math.max(2, Math.min(12, 3 - Math.floor(Math.log10(usd)))))
        .replace(/(\.\d\d\d*?)0+$/, '$1');
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
