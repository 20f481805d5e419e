import { Writable } from 'node:stream';
import { context, trace } from '@opentelemetry/api';

// Logs in a span and outside of one; prints what the app's own transport got.
export function run(winston) {
  const lines = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(chunk.toString().trim());
      done();
    },
  });
  const mask = winston.format((info) => {
    if (info.pin) info.pin = '***';
    return info.message === 'dropped' ? false : info;
  });
  const logger = winston.createLogger({
    level: 'info',
    format: winston.format.combine(mask(), winston.format.colorize(), winston.format.simple()),
    transports: [new winston.transports.Stream({ stream: sink })],
    defaultMeta: { part: 'till' },
  });
  const span = trace.getTracer('app').startSpan('sale');
  context.with(trace.setSpan(context.active(), span), () => {
    logger.warn('low on change', { pin: '1234', coins: 3, at: new Date(0), nested: { a: [1] } });
    logger.child({ clerk: 'ann' }).error('sale failed', { cause: new TypeError('no coins') });
  });
  span.end();
  logger.error(new RangeError('too many'));
  logger.debug('not logged');
  logger.info('dropped');
  const syslog = winston.createLogger({
    levels: winston.config.syslog.levels,
    transports: [new winston.transports.Stream({ stream: sink })],
  });
  syslog.crit('on fire');
  setTimeout(() => {
    const own = lines.filter((line) => !line.startsWith('{')).map((line) => line.replace(/ {"?.*/, ''));
    console.log(JSON.stringify(own), logger.transports.length);
  }, 50);
}
