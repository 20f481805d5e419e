// Prints the mode of every file in AGENTLOG_DIR.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const directory = process.env.AGENTLOG_DIR;
for (const name of readdirSync(directory).sort()) {
  console.log(name, (statSync(join(directory, name)).mode & 0o777).toString(8));
}
