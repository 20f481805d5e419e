/** `npm run build:backends`: builds the real programs ahead of the tests, which then do not run beside a compiler. */
import { ensureCollector } from './build-collector.ts';
import { ensureJaeger } from './build-jaeger.ts';
import { ensureClickhouse } from './clickhouse.ts';

for (const ensure of [ensureCollector, ensureJaeger, ensureClickhouse]) console.log(await ensure());
