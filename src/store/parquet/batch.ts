import { unsealedName } from '../../core/layout.ts';
import { newTally, type Tally, widenWindow } from '../coverage.ts';
import type { StoreFile } from '../files.ts';
import type { Database } from './database.ts';
import type { Manifest } from './manifest.ts';
import { Pieces } from './pieces.ts';

/** What is summed up over files. */
export const COUNTS = ['spanCount', 'logCount', 'corruptLineCount', 'tornLineCount'] as const;

/** Files that go into one manifest. */
export class Batch {
  readonly pieces: Pieces;
  readonly files: StoreFile[] = [];
  readonly tally: Tally = newTally();
  readonly #readBytes: number[] = [];

  constructor(database: Database, folder: string, pieceBytes?: number) {
    this.pieces = new Pieces(database, folder, pieceBytes);
  }

  get sourceBytes(): number {
    return this.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  }

  /** A file that was read whole. */
  add(file: StoreFile, tally: Tally): void {
    this.files.push(file);
    // Nothing comes into a sealed file any more, and what lies beside it is the same.
    const isSealed = unsealedName(file.name) !== file.name;
    this.#readBytes.push(isSealed ? Number.MAX_SAFE_INTEGER : tally.sizeBytes);
    for (const key of COUNTS) this.tally[key] += tally[key];
    widenWindow(this.tally, tally);
  }

  /** Makes the rest of its Parquet files. */
  async manifest(): Promise<Manifest> {
    const { oldestUnixNano, newestUnixNano, corruptLineCount, tornLineCount } = this.tally;
    return {
      ...(await this.pieces.finish()),
      sources: this.files.map((file) => unsealedName(file.name)),
      sourceBytes: this.sourceBytes,
      sourceReadBytes: this.#readBytes,
      ...(oldestUnixNano !== undefined && { oldestUnixNano: String(oldestUnixNano) }),
      ...(newestUnixNano !== undefined && { newestUnixNano: String(newestUnixNano) }),
      corruptLineCount,
      tornLineCount,
    };
  }
}
