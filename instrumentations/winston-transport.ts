import {
  type Attributes,
  type AttributeValue,
  type Context,
  context,
  SeverityNumber,
} from '@opentelemetry/api';
import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
  isWrapped,
} from '@opentelemetry/instrumentation';
import { EXCEPTION_MESSAGE, EXCEPTION_STACKTRACE, EXCEPTION_TYPE } from '../src/core/attributes.ts';
import { toolVersion } from '../src/core/tool-version.ts';
import { aside } from './aside.ts';

type Info = Record<string, unknown> & { [LEVEL]?: unknown };
type Method = (this: Logger, ...args: unknown[]) => unknown;

interface Logger {
  readonly isLevelEnabled?: (level: string) => boolean;
}

/** winston keeps the level here, whatever a format does to `info.level` (colours). */
const LEVEL: unique symbol = Symbol.for('level') as never;

/** npm's, cli's and syslog's level names, and those of other loggers that are often copied. */
const SEVERITIES: Readonly<Record<string, SeverityNumber>> = {
  emerg: SeverityNumber.FATAL3,
  alert: SeverityNumber.FATAL2,
  crit: SeverityNumber.FATAL,
  fatal: SeverityNumber.FATAL,
  error: SeverityNumber.ERROR,
  warning: SeverityNumber.WARN,
  warn: SeverityNumber.WARN,
  help: SeverityNumber.INFO3,
  data: SeverityNumber.INFO2,
  notice: SeverityNumber.INFO2,
  info: SeverityNumber.INFO,
  http: SeverityNumber.DEBUG3,
  verbose: SeverityNumber.DEBUG2,
  debug: SeverityNumber.DEBUG,
  prompt: SeverityNumber.TRACE4,
  input: SeverityNumber.TRACE2,
  silly: SeverityNumber.TRACE,
  trace: SeverityNumber.TRACE,
};

/** Not attributes: said elsewhere in the record, or put there by the trace correlation. */
const NOT_ATTRIBUTES: ReadonlySet<string> = new Set([
  'level',
  'message',
  'stack',
  'trace_id',
  'span_id',
  'trace_flags',
]);

/**
 * Sends what winston 3 logs as OpenTelemetry log records: the record after the logger's own format (so what a
 * format masks or drops stays masked), if some transport of the logger would take its level.
 *
 * The logger's list of transports is left alone. A record carries the trace of the place it was logged, also
 * when a slow transport makes winston hold it back. Errors among its fields become `exception.*`.
 */
export class WinstonTransport extends InstrumentationBase {
  constructor(config: InstrumentationConfig = {}) {
    super('@agentlog/otel/winston-transport', toolVersion(), config);
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    const versions = ['>=3.0.0 <4'];
    const file = new InstrumentationNodeModuleFile(
      'winston/lib/winston/logger.js',
      versions,
      (Logger) => {
        const prototype = Logger.prototype as Record<'write' | 'push', Method>;
        const origins = new WeakMap<object, Context>();
        if (!isWrapped(prototype.write))
          this._wrap(prototype, 'write', (original) => writing(original, origins));
        if (!isWrapped(prototype.push))
          this._wrap(prototype, 'push', (original) => this.pushing(original, origins));
        return Logger;
      },
      (Logger) => {
        this._unwrap(Logger.prototype, 'write');
        this._unwrap(Logger.prototype, 'push');
      },
    );
    return new InstrumentationNodeModuleDefinition('winston', versions, undefined, undefined, [file]);
  }

  private pushing(original: Method, origins: WeakMap<object, Context>): Method {
    const emit = (logger: Logger, info: Info): void => this.emit(logger, info, origins.get(info));
    return function push(this: Logger, ...args) {
      const info = args[0];
      if (typeof info === 'object' && info !== null) aside(() => emit(this, info as Info));
      return original.apply(this, args);
    };
  }

  private emit(logger: Logger, info: Info, origin: Context | undefined): void {
    const level = String(info[LEVEL] ?? info.level);
    if (logger.isLevelEnabled?.(level) === false) return;
    this.logger.emit({
      severityText: level,
      severityNumber: SEVERITIES[level] ?? SeverityNumber.UNSPECIFIED,
      body: bodyOf(info.message),
      attributes: attributesOf(info),
      context: origin ?? context.active(),
    });
  }
}

function writing(original: Method, origins: WeakMap<object, Context>): Method {
  return function write(this: Logger, ...args) {
    if (typeof args[0] === 'object' && args[0] !== null) origins.set(args[0], context.active());
    return original.apply(this, args);
  };
}

function bodyOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message instanceof Error) return message.message;
  return typeof message === 'object' ? JSON.stringify(message) : String(message);
}

function attributesOf(info: Info): Attributes {
  const attributes: Attributes = {};
  if (info.message instanceof Error) addException(attributes, info.message);
  for (const [key, value] of Object.entries(info)) {
    if (NOT_ATTRIBUTES.has(key) || value === undefined || typeof value === 'function') continue;
    if (value instanceof Error) addException(attributes, value);
    else attributes[key] = plain(value);
  }
  const { stack } = info;
  if (typeof stack === 'string' && attributes[EXCEPTION_STACKTRACE] === undefined) {
    const head = /^(?:Uncaught )?([\w$.]+)(?:: ([^\n]*))?/.exec(stack);
    attributes[EXCEPTION_STACKTRACE] = stack;
    if (head?.[1] !== undefined) attributes[EXCEPTION_TYPE] = head[1];
    if (head?.[2] !== undefined) attributes[EXCEPTION_MESSAGE] = head[2];
  }
  return attributes;
}

function addException(attributes: Attributes, error: Error): void {
  attributes[EXCEPTION_TYPE] = error.name;
  attributes[EXCEPTION_MESSAGE] = error.message;
  if (typeof error.stack === 'string') attributes[EXCEPTION_STACKTRACE] = error.stack;
}

function plain(value: unknown): AttributeValue {
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  return value as AttributeValue;
}
