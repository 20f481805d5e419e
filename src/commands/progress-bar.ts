const WIDTH = 24;

/** `Compacting [######------------------]  25 % 1.2 GB of 4.8 GB`, one line. */
export function progressBar(
  what: string,
  done: number,
  total: number,
  format: (amount: number) => string,
): string {
  const part = total > 0 ? Math.min(1, done / total) : 1;
  const bar = '#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '-');
  return `${what} [${bar}] ${String(Math.round(part * 100)).padStart(3)} % ${format(done)} of ${format(total)}`;
}
