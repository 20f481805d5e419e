import type { Bundle } from './bundle.ts';

/** What {@link bundleName} makes, and nothing else: no path in it leads anywhere. */
const NAME = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/**
 * The name of a bundle's folder: when the incident began and the first 8 digits of its trace id,
 * `20261121T084007Z-4bf92f35`. Made of numbers only; a time that no date can hold is all zeros.
 */
export function bundleName({
  traceId,
  startTimeUnixNano,
}: Pick<Bundle, 'traceId' | 'startTimeUnixNano'>): string {
  const ms = Number(startTimeUnixNano / 1_000_000n);
  const isDate = ms > 0 && ms < 253_402_300_800_000;
  const time = isDate ? new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '') : '00000000T000000Z';
  const id = traceId
    .replace(/[^0-9a-f]/g, '')
    .slice(0, 8)
    .padEnd(8, '0');
  return `${time}-${id}`;
}

/** Whether a folder can be one of a bundle. */
export function isBundleName(name: string): boolean {
  return NAME.test(name);
}
