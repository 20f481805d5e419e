import { counted, isoTime } from '../formats/numbers.ts';
import type { Coverage } from '../sources/source.ts';

/** What an answer had to do without, as one sentence; empty when it is whole. */
export function faultsOf(coverage: Coverage): string {
  const { corruptLineCount, tornLineCount, longLineCount, damagedFileCount } = coverage;
  const { skippedFileCount, goneFileCount, missingPackage } = coverage;
  const parts = [
    corruptLineCount > 0 ? counted(corruptLineCount, 'corrupt line') : '',
    tornLineCount > 0 ? counted(tornLineCount, 'torn last line') : '',
    longLineCount > 0 ? `${counted(longLineCount, 'line')} over 32 MiB` : '',
    damagedFileCount > 0 ? `the rest of ${counted(damagedFileCount, 'damaged file')}` : '',
    skippedFileCount > 0 ? `${counted(skippedFileCount, 'file')} that cannot be read` : '',
    goneFileCount > 0 ? `${counted(goneFileCount, 'file')} that went meanwhile (ask again)` : '',
  ].filter((part) => part !== '');
  const { sampledTraceCount, searchedSinceUnixNano, isPartial } = coverage;
  const limits = [
    sampledTraceCount === undefined
      ? ''
      : `${counted(sampledTraceCount, 'trace')} ${sampledTraceCount === 1 ? 'was' : 'were'} read, and there may be more that fit: give a filter or a shorter window.`,
    searchedSinceUnixNano === undefined
      ? ''
      : `Looked back to ${isoTime(searchedSinceUnixNano)}, as far as the backend goes unasked: give --since for more.`,
    isPartial ? 'The backend gave only a part of the trace (PARTIAL).' : '',
  ].filter((limit) => limit !== '');
  const remedy = missingPackage === undefined ? '' : ` For Parquet files: npm i ${missingPackage}.`;
  const skipped = parts.length === 0 ? [] : [`Skipped: ${parts.join(', ')}.${remedy}`];
  return [...limits, ...skipped].join(' ');
}
