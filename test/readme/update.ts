/** `npm run readme`: makes every generated block of the README anew. Needs a build. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { blocks, writeBlock } from './blocks.ts';

const file = join(resolve(import.meta.dirname, '../..'), 'README.md');
let readme = readFileSync(file, 'utf8');
for (const [name, make] of Object.entries(blocks)) readme = writeBlock(readme, name, await make());
writeFileSync(file, readme);
