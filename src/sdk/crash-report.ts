import { isSpanContextValid, logs, SeverityNumber, trace } from '@opentelemetry/api';
import { caught, notice } from '../core/diag.ts';
import { contextOfError } from './context-manager.ts';

export interface CrashReport {
  onUncaught(error: unknown): void;
  onExit(code: number): void;
}

/**
 * What is left of an error that nobody caught: a log record on the trace that was active, and, if the process
 * ends by it, one line on stderr that names the command. Never throws.
 */
export function createCrashReport(hasHint: boolean): CrashReport {
  let lastTraceId: string | undefined;
  return {
    onUncaught(error) {
      try {
        const context = contextOfError(error);
        const span = trace.getSpanContext(context);
        lastTraceId = span && isSpanContextValid(span) ? span.traceId : undefined;
        // An app with its own `uncaughtException` listener gets here and lives on: then this was no crash.
        setImmediate(() => {
          lastTraceId = undefined;
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
    onExit(code) {
      if (code === 0 || lastTraceId === undefined || !hasHint) return;
      notice(
        'crash',
        `the crash is in trace ${lastTraceId}: npx agentlog-otel bundle --trace-id ${lastTraceId}`,
      );
    },
  };
}
