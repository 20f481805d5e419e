import { counted } from '../formats/numbers.ts';
import type { Coverage } from '../sources/source.ts';

/** What an answer had to do without, as one sentence; empty when it is whole. */
export function faultsOf(coverage: Coverage): string {
  const { corruptLineCount, tornLineCount, longLineCount, damagedFileCount } = coverage;
  const { skippedFileCount, missingPackage } = coverage;
  const parts = [
    corruptLineCount > 0 ? counted(corruptLineCount, 'corrupt line') : '',
    tornLineCount > 0 ? counted(tornLineCount, 'torn last line') : '',
    longLineCount > 0 ? `${counted(longLineCount, 'line')} over 32 MiB` : '',
    damagedFileCount > 0 ? `the rest of ${counted(damagedFileCount, 'damaged file')}` : '',
    skippedFileCount > 0 ? `${counted(skippedFileCount, 'file')} that cannot be read` : '',
  ].filter((part) => part !== '');
  const remedy = missingPackage === undefined ? '' : ` For Parquet files: npm i ${missingPackage}.`;
  return parts.length === 0 ? '' : `Skipped: ${parts.join(', ')}.${remedy}`;
}
