import { format } from 'node:util';
import { context, SeverityNumber } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { InstrumentationBase, type InstrumentationConfig } from '@opentelemetry/instrumentation';
import { toolVersion } from '../src/core/tool-version.ts';
import { aside } from './aside.ts';

/** What counts as which severity. `table`, `group`, `assert` and the like print through these; `dir` is not recorded. */
const SEVERITIES = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  log: SeverityNumber.INFO,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
} as const;

type Method = keyof typeof SEVERITIES;
const METHODS = Object.keys(SEVERITIES) as Method[];

/**
 * Records what the app prints with `console` as log records, on the trace it was printed in.
 *
 * The app's call prints first and exactly as without us; then the text is formatted once more for the record,
 * so a custom `inspect` runs twice. Nothing is recorded while telemetry is being exported or by a call from
 * inside our own, so that what an exporter or `diag` prints never feeds itself.
 */
export class ConsoleInstrumentation extends InstrumentationBase {
  private isEmitting = false;
  private isPrinting = false;
  // Without an initialiser: upstream's constructor enables, and then it must keep what that set.
  declare private originals: Map<Method, Console[Method]> | undefined;

  constructor(config: InstrumentationConfig = {}) {
    super('@agentlog/otel/console', toolVersion(), config);
  }

  protected override init(): undefined {
    return undefined;
  }

  override enable(): void {
    super.enable();
    if (this.originals !== undefined) return;
    this.originals = new Map(METHODS.map((name) => [name, console[name]]));
    for (const [name, original] of this.originals) console[name] = this.wrapped(name, original);
  }

  override disable(): void {
    super.disable();
    for (const [name, original] of this.originals ?? []) console[name] = original;
    this.originals = undefined;
  }

  private wrapped(name: Method, original: Console[Method]): Console[Method] {
    const self = this;
    const wrapper = function (this: unknown, ...args: unknown[]): void {
      // `console.trace` prints through `console.error`: one call, one record.
      const isInner = self.isPrinting;
      self.isPrinting = true;
      try {
        Reflect.apply(original, this, args);
      } finally {
        self.isPrinting = isInner;
      }
      if (!isInner) aside(() => self.record(name, args));
    };
    return Object.defineProperty(wrapper, 'name', { value: name });
  }

  private record(name: Method, args: unknown[]): void {
    if (this.isEmitting || isTracingSuppressed(context.active())) return;
    this.isEmitting = true;
    try {
      const error = args.find((each) => each instanceof Error);
      this.logger.emit({
        severityNumber: SEVERITIES[name],
        severityText: name,
        body: format(...args),
        ...(error === undefined ? {} : { exception: error }),
        context: context.active(),
      });
    } finally {
      this.isEmitting = false;
    }
  }
}
