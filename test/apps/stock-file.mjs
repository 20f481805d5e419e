// Preload: upstream's SDK from the file of OTEL_CONFIG_FILE.
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { startNodeSDK } from '@opentelemetry/sdk-node';

const sdk = startNodeSDK({ instrumentations: [new HttpInstrumentation()] });
process.once('beforeExit', () => sdk.shutdown());
