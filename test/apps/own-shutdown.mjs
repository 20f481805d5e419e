// Upstream's SDK with our preset and destinations of the app's own; shuts it down itself before it says `done`.
import { preset } from '@agentlog/otel';
import { logs, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { exporters } from './bad-exporters.mjs';

const own = exporters[process.env.APP_EXPORTER];
const sdk = new NodeSDK(preset(own === undefined ? {} : { destinations: [own()], logDestinations: [own()] }));
sdk.start();
for (let i = 0; i < 5; i++) trace.getTracer('app').startSpan(`work ${i}`).end();
logs.getLogger('app').emit({ body: 'hello' });
await sdk.shutdown();
console.log('done');
