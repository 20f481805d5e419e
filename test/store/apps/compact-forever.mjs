/** Compacts a store again and again, one small batch at a time, until it is killed. Runs what was built: it starts 100 times. */
import { compactStore } from '../../../dist/src/store/parquet/compact.js';

const [directory = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
for (;;) await compactStore(directory, { batchBytes: 1, pieceBytes: 20_000 });
