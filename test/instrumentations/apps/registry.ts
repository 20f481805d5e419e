// Prints what the registry makes of an app that has every library, or none.
import { createRequire } from 'node:module';
import { loadInstrumentations } from '../../../instrumentations/index.ts';

const [have, ...rest] = process.argv.slice(2);
const options = JSON.parse(rest[0] ?? '{}') as object;
const loaded = loadInstrumentations({ resolvesFromApp: () => have === 'all', ...options });
const { cache } = createRequire(import.meta.url);
console.log(
  JSON.stringify({
    ...loaded,
    instrumentations: loaded.instrumentations.map((member) => member.instrumentationName),
    files: Object.keys(cache).filter((file) => file.includes('opentelemetry')),
  }),
);
// Event loop metrics and the like must not hold the process.
