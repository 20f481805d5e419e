import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  propagation,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/** The client's own span of a call that has one of ours. */
const SILENCED = 'anthropic.messages.create';

const silenced = new WeakSet<object>();

interface TracingClient {
  readonly openTelemetry?: { readonly tracerProvider?: unknown };
}

/**
 * The client makes spans of its own since 0.13x, wherever a tracer provider is registered. Two spans for one call
 * would count its tokens and its cost twice: the client's span of a call we follow records nothing. Its other
 * spans (tool runner, sessions, files) stay, and so does all of a client that was given a provider of its own.
 */
export function silenceOwnSpans(prototype: object): void {
  const tracers = new WeakMap<object, unknown>();
  Object.defineProperty(prototype, '_tracer', {
    configurable: true,
    enumerable: false,
    get(this: object) {
      return tracers.get(this);
    },
    set(this: TracingClient, tracer: unknown) {
      tracers.set(this, isTracer(tracer) && !hasOwnProvider(this) ? withoutCallSpans(tracer) : tracer);
    },
  });
}

export function unsilenceOwnSpans(prototype: object): void {
  delete (prototype as { _tracer?: unknown })._tracer;
}

/** The options of `create` without a silenced span, which a streaming helper may have put there. */
export function withoutSilenced(args: unknown[]): unknown[] {
  const { __span } = (args[1] ?? {}) as { __span?: { span?: object } };
  if (__span?.span === undefined || !silenced.has(__span.span)) return args;
  return [args[0], { ...(args[1] as object), __span: undefined }, ...args.slice(2)];
}

function withoutCallSpans(tracer: Tracer): Tracer {
  return {
    startSpan(name: string, options?: SpanOptions, within?: Context): Span {
      return name === SILENCED ? silentSpan() : tracer.startSpan(name, options, within);
    },
    startActiveSpan: tracer.startActiveSpan.bind(tracer) as Tracer['startActiveSpan'],
  };
}

/**
 * The client takes a span without a trace for none, unless there is baggage to pass on; then it makes the span the
 * active one, so it must stand for the span that is.
 */
function silentSpan(): Span {
  const active = context.active();
  const isUsed = propagation.getBaggage(active) !== undefined;
  const span = trace.wrapSpanContext(
    (isUsed ? trace.getSpanContext(active) : undefined) ?? INVALID_SPAN_CONTEXT,
  );
  silenced.add(span);
  return span;
}

function hasOwnProvider({ openTelemetry }: TracingClient): boolean {
  const own = openTelemetry?.tracerProvider;
  if (own === undefined) return false;
  const global = trace.getTracerProvider() as { getDelegate?: () => unknown };
  return own !== global && own !== global.getDelegate?.();
}

function isTracer(value: unknown): value is Tracer {
  return typeof (value as Tracer | undefined)?.startSpan === 'function';
}
