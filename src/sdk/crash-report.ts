import {
  type Context,
  isSpanContextValid,
  logs,
  SeverityNumber,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Crash } from '../../processors/unfinished.ts';
import { caught, notice } from '../core/diag.ts';
import { setImmediate } from '../core/natives.ts';
import { contextOfUncaught } from './context-manager.ts';

export interface CrashReport {
  onUncaught(error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void;
  /** The error of this turn of the event loop; undefined once the app has survived it. */
  crash(): Crash | undefined;
  onExit(code: number): void;
}

/**
 * What is left of an error that nobody caught: a log record on the trace that was active, or on one of its own where
 * none was (at start-up, in a timer), and, if the process ends by it, one line on stderr that names the command.
 * Never throws.
 */
export function createCrashReport(hasHint: boolean): CrashReport {
  let last: (Crash & { readonly traceId: string }) | undefined;
  return {
    onUncaught(error, origin) {
      try {
        const context = traced(contextOfUncaught(origin), error);
        const active = trace.getSpanContext(context);
        last = active && { ...active, message: messageOf(error) };
        // An app with its own `uncaughtException` listener gets here and lives on: then this was no crash.
        setImmediate(() => {
          last = undefined;
        }).unref();
        logs.getLogger('@agentlog/otel').emit({
          eventName: 'exception',
          severityNumber: SeverityNumber.FATAL,
          severityText: 'FATAL',
          body: 'uncaught exception',
          exception: error,
          context,
        });
      } catch (fault) {
        caught('the crash report', fault);
      }
    },
    crash: () => last,
    onExit(code) {
      if (code === 0 || last === undefined || !hasHint) return;
      const { traceId } = last;
      notice('crash', `the crash is in trace ${traceId}: npx agentlog-otel bundle --trace-id ${traceId}`);
    },
  };
}

/** The context with a trace to find the error by. */
function traced(context: Context, error: unknown): Context {
  const active = trace.getSpanContext(context);
  if (active !== undefined && isSpanContextValid(active)) return context;
  const span = trace.getTracer('@agentlog/otel').startSpan('uncaught exception', { root: true }, context);
  // The exception itself is on the log record: it need not be there twice.
  const message = messageOf(error);
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
  span.end();
  return trace.setSpan(context, span);
}

function messageOf(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined;
}
