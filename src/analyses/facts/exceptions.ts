import {
  ERROR_TYPE,
  EXCEPTION_FINGERPRINT,
  EXCEPTION_MESSAGE,
  EXCEPTION_STACKTRACE,
  EXCEPTION_TYPE,
} from '../../core/attributes.ts';
import { exceptionType } from '../../core/exception-type.ts';
import { type Attributes, type LogRecord, type Span, STATUS_CODE } from '../../core/span.ts';
import { parseStack, type StackFrame } from '../../core/stack.ts';

/** One failure as a span, its events or its log records tell it. Every string is text from telemetry. */
export interface ExceptionFact {
  readonly type: string;
  readonly message: string;
  /** Innermost first; empty when no stack was recorded. */
  readonly frames: readonly StackFrame[];
  /** The first frame of the application's own code, else of a package, else the first one; undefined without a stack. */
  readonly origin?: StackFrame;
  readonly fingerprint?: string;
}

/**
 * The exceptions of a span: its `exception` events, else its own attributes, else its log records, else what a
 * status of error says. Equal ones once; empty for a span that did not fail. Never throws.
 */
export function exceptionsOf(span: Span, logs: readonly LogRecord[]): ExceptionFact[] {
  const fingerprint = textOf(span.attributes[EXCEPTION_FINGERPRINT]);
  const events = span.events.filter((event) => event.name === 'exception');
  const places = [
    events.map((event) => event.attributes),
    [span.attributes],
    logs.map((log) => log.attributes),
  ];
  for (const place of places) {
    const found = place.flatMap((attributes) => readException(attributes, fingerprint) ?? []);
    if (found.length > 0) return unique(found.map((each) => withStatus(each, span)));
  }
  if (span.status.code !== STATUS_CODE.error) return [];
  const type = textOf(span.attributes[ERROR_TYPE]) ?? '';
  return [{ type, message: span.status.message ?? '', frames: [], ...(fingerprint && { fingerprint }) }];
}

/** The exception of a log record, none or one. Never throws. */
export function exceptionsOfLog({ attributes }: LogRecord): ExceptionFact[] {
  const found = readException(attributes, undefined);
  return found === undefined ? [] : [found];
}

function readException(attributes: Attributes, fingerprint: string | undefined): ExceptionFact | undefined {
  const type = textOf(attributes[EXCEPTION_TYPE]);
  const message = textOf(attributes[EXCEPTION_MESSAGE]);
  if (type === undefined && message === undefined) return undefined;
  const stack = textOf(attributes[EXCEPTION_STACKTRACE]) ?? '';
  const frames = parseStack(stack);
  const origin =
    frames.find((frame) => frame.isInApp) ??
    frames.find(({ file }) => !file.startsWith('node:')) ??
    frames[0];
  const print = textOf(attributes[EXCEPTION_FINGERPRINT]) ?? fingerprint;
  return {
    type: exceptionType(type ?? '', stack),
    message: message ?? '',
    frames,
    ...(origin && { origin }),
    ...(print && { fingerprint: print }),
  };
}

/** An exception event without type and stack (a driver's summary) says less than the status beside it. */
function withStatus(exception: ExceptionFact, { status }: Span): ExceptionFact {
  const isVague = exception.type === '' && exception.frames.length === 0;
  return isVague && status.code === STATUS_CODE.error && status.message
    ? { ...exception, message: status.message }
    : exception;
}

function unique(exceptions: readonly ExceptionFact[]): ExceptionFact[] {
  const seen = new Map(exceptions.map((each) => [`${each.type}\n${each.message}`, each]));
  return [...seen.values()];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
