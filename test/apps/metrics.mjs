// Measures something with a secret in every place a metric has, and lives for two intervals.
import { metrics } from '@opentelemetry/api';

const secret = ['ghp_', 'a1B2c3D4e5F6g7H8i9J0', 'k1L2m3N4o5P6q7R8'].join('');
const meter = metrics.getMeter('app');
meter
  .createCounter('requests', { description: `uses ${secret}` })
  .add(3, { route: '/a', note: `key ${secret}` });
meter.createHistogram('latency').record(12, { password: secret });
setTimeout(() => {}, Number(process.env.APP_LIFE_MS ?? 700));
