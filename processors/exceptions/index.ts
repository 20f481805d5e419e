import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  ERROR_TYPE,
  EXCEPTION_FINGERPRINT,
  EXCEPTION_MESSAGE,
  EXCEPTION_STACKTRACE,
  EXCEPTION_TYPE,
} from '../../src/core/attributes.ts';
import {
  type ExceptionFacts,
  exceptionFingerprint,
  type Locate,
} from '../../src/core/exception-fingerprint.ts';
import { exceptionType } from '../../src/core/exception-type.ts';
import type { Redactor } from '../../src/core/redaction/redactor.ts';
import { projectPath, sourceLocation } from '../../src/core/source-location.ts';
import { type Enricher, type Facts, newestEvents } from '../processor.ts';

const locate: Locate = ({ file, line, column }) => projectPath(sourceLocation(file, line, column).file);

/**
 * Gives a span with an exception, and a log record of one, the fingerprint that groups errors of one cause.
 *
 * The last exception event of a span counts. An error logged as an object (`logger.error({ err })`) gets its
 * type, message and stack under the standard keys as well. A secret in a name is left out of the hash, which has no key:
 * whoever knew the rest could try until it fits. Costs nothing for spans without an exception.
 */
export function createExceptionEnricher(redactor?: Pick<Redactor, 'text'>): Enricher {
  const masked = (text: string): string => redactor?.text(text) ?? text;
  const fingerprint = ({ type, spanName, stack }: ExceptionFacts): string =>
    exceptionFingerprint(
      { type: masked(type), spanName: masked(spanName), ...(stack !== undefined && { stack }) },
      locate,
    );
  return {
    name: 'exceptions',
    onEnd(span: ReadableSpan, facts: Facts): void {
      const event = newestEvents(span).findLast((each) => each.name === 'exception');
      const source =
        event?.attributes ?? (span.status.code === SpanStatusCode.ERROR ? span.attributes : undefined);
      const recorded = source?.[EXCEPTION_TYPE] ?? source?.[ERROR_TYPE];
      if (typeof recorded !== 'string' || (event === undefined && /^\d+$/.test(recorded))) return;
      const stack = source?.[EXCEPTION_STACKTRACE];
      const type = typeof stack === 'string' ? exceptionType(recorded, stack) : recorded;
      if (type !== recorded) sayType(span, type, facts);
      const exception = { type, spanName: span.name, ...(typeof stack === 'string' ? { stack } : {}) };
      facts.set(EXCEPTION_FINGERPRINT, fingerprint(exception));
    },
    onLog(record: ReadableLogRecord, facts: Facts): void {
      const { attributes } = record;
      let type = attributes[EXCEPTION_TYPE];
      let stack = attributes[EXCEPTION_STACKTRACE];
      if (type === undefined && stack === undefined) {
        const logged = loggedError(attributes.err) ?? loggedError(attributes.error);
        if (logged === undefined) return;
        ({ type, stack } = logged);
        facts.set(EXCEPTION_TYPE, logged.type);
        facts.set(EXCEPTION_STACKTRACE, logged.stack);
        if (logged.message !== undefined) facts.set(EXCEPTION_MESSAGE, logged.message);
      }
      if (typeof type !== 'string' && typeof stack !== 'string') return;
      const exception = {
        type: typeof type === 'string' ? type : 'Error',
        spanName: activeSpanName(),
        ...(typeof stack === 'string' ? { stack } : {}),
      };
      facts.set(EXCEPTION_FINGERPRINT, fingerprint(exception));
    },
  };
}

/** Upstream writes the number of a DOMException in both places. */
function sayType(span: ReadableSpan, type: string, facts: Facts): void {
  if (/^\d{1,2}$/.test(String(span.attributes[ERROR_TYPE]))) facts.set(ERROR_TYPE, type);
  const events = facts.events ?? newestEvents(span);
  const last = events.findLastIndex((each) => each.name === 'exception');
  facts.events = events.map((event, index) =>
    index === last ? { ...event, attributes: { ...event.attributes, [EXCEPTION_TYPE]: type } } : event,
  );
}

function activeSpanName(): string {
  const span = trace.getActiveSpan() as { name?: unknown } | undefined;
  return typeof span?.name === 'string' ? span.name : '';
}

/** An error as pino and bunyan serialise it: a map with a stack. */
function loggedError(value: unknown): { type: string; stack: string; message?: string } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, name, message, stack } = value as Record<string, unknown>;
  if (typeof stack !== 'string') return undefined;
  const errorType = [type, name].find((each): each is string => typeof each === 'string') ?? 'Error';
  return { type: errorType, stack, ...(typeof message === 'string' ? { message } : {}) };
}
