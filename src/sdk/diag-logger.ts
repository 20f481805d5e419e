import { inspect } from 'node:util';
import { DiagConsoleLogger, type DiagLogger, diag } from '@opentelemetry/api';
import { diagLogLevelFromString, getStringFromEnv } from '@opentelemetry/core';
import type { GivenOptions } from '../core/options.ts';
import { readOptions, redactorOptions } from '../core/read-options.ts';
import { createRedactor, type Redactor } from '../core/redaction/index.ts';

const METHODS = ['error', 'warn', 'info', 'debug', 'verbose'] as const;

/** Prints what is said of the level that `OTEL_LOG_LEVEL` names; nothing is done without it. */
export function setDiagLogger(
  options: GivenOptions,
  { isQuiet = false }: { readonly isQuiet?: boolean } = {},
): void {
  const logLevel = diagLogLevelFromString(getStringFromEnv('OTEL_LOG_LEVEL'));
  if (logLevel === undefined) return;
  diag.setLogger(createDiagLogger(options), { logLevel, suppressOverrideMessage: isQuiet });
}

/**
 * The logger of `OTEL_LOG_LEVEL`: what upstream's packages say on the console, which at `debug` is the whole resource
 * and errors of any library, with secrets masked. A redactor is made when something is said. Never throws.
 */
function createDiagLogger(options: GivenOptions): DiagLogger {
  const printed = new DiagConsoleLogger();
  let redactor: Redactor | undefined;
  const masked = (said: unknown): unknown => {
    if (typeof said === 'number' || typeof said === 'boolean') return said;
    redactor ??= createRedactor({
      ...redactorOptions(readOptions(process.env, options).options, options),
      // Both would be said here again.
      onError: () => {},
      onProblem: () => {},
    });
    return redactor.text(typeof said === 'string' ? said : inspect(said));
  };
  const log =
    (method: (typeof METHODS)[number]) =>
    (message: string, ...rest: unknown[]): void => {
      try {
        const [first, ...others] = [message, ...rest].map(masked);
        printed[method](String(first), ...others);
      } catch {
        printed[method]('[REDACTED:error]');
      }
    };
  return Object.fromEntries(METHODS.map((method) => [method, log(method)])) as unknown as DiagLogger;
}
