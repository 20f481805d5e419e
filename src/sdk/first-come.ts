import {
  createNoopMeter,
  type LoggerProvider,
  logs,
  type MeterProvider,
  metrics,
  ProxyTracerProvider,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { notice } from '../core/diag.ts';

/** What instrumentations are given. */
export interface Providers {
  readonly tracerProvider: TracerProvider;
  readonly loggerProvider: LoggerProvider;
  readonly meterProvider?: MeterProvider;
}

/**
 * Makes these providers the global ones, and says once if the app starts an SDK of its own later: the API keeps
 * the first, so the later one's exporters get nothing, silently.
 *
 * The later one's instrumentations take the place of ours, function by function, and record here. Those named in
 * `addingUp` do not: they would record everything twice, so through the global providers they record nothing.
 * Returns what our own instrumentations are to use.
 */
export function registerFirst(providers: Providers, addingUp: ReadonlySet<string>): Providers {
  const { tracerProvider, loggerProvider, meterProvider } = providers;
  const noTracers = new ProxyTracerProvider();
  const own: Providers = {
    tracerProvider: except(tracerProvider, 'getTracer', addingUp, (name) => noTracers.getTracer(name)),
    loggerProvider,
    ...(meterProvider && {
      meterProvider: except(meterProvider, 'getMeter', addingUp, createNoopMeter),
    }),
  };
  trace.setGlobalTracerProvider(tracerProvider);
  logs.setGlobalLoggerProvider(loggerProvider);
  if (meterProvider !== undefined) metrics.setGlobalMeterProvider(meterProvider);
  sayWhenCalled(trace, 'setGlobalTracerProvider', 'spans');
  sayWhenCalled(logs, 'setGlobalLoggerProvider', 'log records');
  if (meterProvider !== undefined) sayWhenCalled(metrics, 'setGlobalMeterProvider', 'metrics');
  return own;
}

/** Lets the provider give an idle part to these names; returns one that gives the real part to every name. */
function except<P extends object, M extends keyof P>(
  provider: P,
  method: M,
  names: ReadonlySet<string>,
  idle: (name: string) => unknown,
): P {
  const give = (provider[method] as (name: string, ...rest: unknown[]) => unknown).bind(provider);
  Object.defineProperty(provider, method, {
    configurable: true,
    writable: true,
    value: (name: string, ...rest: unknown[]) => (names.has(name) ? idle(name) : give(name, ...rest)),
  });
  // Some ask the provider itself to flush.
  return new Proxy(provider, {
    get: (target, key) => {
      if (key === method) return give;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function sayWhenCalled<A extends object, M extends keyof A>(api: A, method: M, signal: string): void {
  const register = api[method] as (provider: unknown) => unknown;
  Object.defineProperty(api, method, {
    configurable: true,
    writable: true,
    value(provider: unknown) {
      const isTaken = register.call(api, provider);
      if (!isTaken)
        notice(
          'later-sdk',
          `the app started an OpenTelemetry SDK of its own after this one, which goes on alone: its exporters get no ${signal}.` +
            ' Start it as `new NodeSDK(preset())` with preset from @agentlog/otel, or leave out the preload.',
        );
      return isTaken;
    },
  });
}
