// Prints what the registry makes of an app that has every library, or none.
import { registerHooks } from 'node:module';

const files = new Set<string>();
registerHooks({
  load(url, context, next) {
    files.add(url);
    return next(url, context);
  },
});
const { loadInstrumentations } = await import('../../../instrumentations/index.ts');
const [have, ...rest] = process.argv.slice(2);
const options = JSON.parse(rest[0] ?? '{}') as object;
const loaded = loadInstrumentations({ resolvesFromApp: () => have === 'all', ...options });
console.log(
  JSON.stringify({
    ...loaded,
    instrumentations: loaded.instrumentations.map((member) => member.instrumentationName),
    files: [...files].filter((file) => file.includes('opentelemetry')),
  }),
);
// Event loop metrics and the like must not hold the process.
