/** Seals every file of a directory, one after another, until it is killed. Runs what was built. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sealFile } from '../../../dist/src/exporters/jsonl/seal.js';

const [directory = ''] = process.argv.slice(2);
// Sealing alone does not hold a process open.
setInterval(() => undefined, 1_000);
process.stdout.write('ready\n');
for (const name of readdirSync(directory)) {
  if (name.endsWith('.jsonl')) await sealFile(join(directory, name));
}
