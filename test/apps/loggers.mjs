// Logs the same thing through pino, winston, bunyan and console, inside a span; prints nothing else.
import { trace } from '@opentelemetry/api';
import bunyan from 'bunyan';
import pino from 'pino';
import winston from 'winston';

const secret = ['ghp_', 'a1B2c3D4e5F6g7H8i9J0', 'k1L2m3N4o5P6q7R8'].join('');
// All through one stream: pino's own descriptor and process.stdout would overtake each other on a full pipe.
const pinoLogger = pino(process.stdout);
const winstonLogger = winston.createLogger({ transports: [new winston.transports.Console()] });
const bunyanLogger = bunyan.createLogger({ name: 'shop', streams: [{ stream: process.stdout }] });

trace.getTracer('app').startActiveSpan('work', (span) => {
  pinoLogger.info({ token: secret }, 'pino charged');
  winstonLogger.info('winston charged', { token: secret });
  bunyanLogger.info({ token: secret }, 'bunyan charged');
  console.log('console charged %s', secret, { order: 7 });
  console.error(new RangeError('card declined'));
  console.table([{ order: 7 }]);
  console.trace('here');
  span.end();
});
