import {
  type Attributes,
  type AttributeValue,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
  isWrapped,
} from '@opentelemetry/instrumentation';
import { toolVersion } from '../src/core/tool-version.ts';
import { aside } from './aside.ts';
import { recordFailure } from './record-failure.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Of `Queue`, `Worker` and `FlowProducer` what is read and filled in. */
interface Traced {
  readonly opts?: { telemetry?: unknown };
  telemetry?: unknown;
}

interface BullMq {
  readonly QueueBase?: { readonly prototype: Record<string, Method> };
  readonly FlowProducer?: { readonly prototype: Record<string, Method> };
  readonly Worker?: { readonly prototype: Record<string, Method> };
}

/** The conventions' names for what BullMQ says of a job. */
const MESSAGING: Readonly<Record<string, string>> = {
  'bullmq.queue.name': 'messaging.destination.name',
  'bullmq.queue.operation': 'messaging.operation.name',
  'bullmq.job.id': 'messaging.message.id',
};

/**
 * BullMQ tells a `telemetry` option what it does; an app that set none gets ours, for jobs that are added and
 * processed, so that a job is one trace with who added it. Polling and the upkeep of a queue make no spans. A failed
 * job has its exception on its span, also with the app's own `bullmq-otel`, which records none.
 */
export class BullMqInstrumentation extends InstrumentationBase {
  constructor(config: InstrumentationConfig = {}) {
    super('@agentlog/otel/bullmq', toolVersion(), config);
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition('bullmq', ['>=5.0.0 <7'], (exports: BullMq) => {
      const telemetry = telemetryOf(() => this.tracer);
      const fillIn = (queue: Traced): void => {
        if (queue.opts !== undefined) queue.opts.telemetry ??= telemetry;
      };
      this.#wrapMethod(exports.QueueBase, 'trace', (original) => calledAfter(fillIn, original));
      for (const name of ['add', 'addBulk'])
        this.#wrapMethod(exports.FlowProducer, name, (original) =>
          calledAfter((flow) => {
            flow.telemetry ??= telemetry;
          }, original),
        );
      this.#wrapMethod(exports.Worker, 'callProcessJob', recordingFailure);
      return exports;
    });
  }

  #wrapMethod(owner: BullMq['Worker'], name: string, wrap: (original: Method) => Method): void {
    const prototype = owner?.prototype;
    if (typeof prototype?.[name] === 'function' && !isWrapped(prototype[name]))
      this._wrap(prototype, name, wrap);
  }
}

function calledAfter(fillIn: (self: Traced) => void, original: Method): Method {
  return function called(...args) {
    aside(() => fillIn(this as Traced));
    return original.apply(this, args);
  };
}

function recordingFailure(original: Method): Method {
  return async function callProcessJob(...args) {
    try {
      return await original.apply(this, args);
    } catch (error) {
      aside(() => {
        const span = trace.getActiveSpan();
        if (span !== undefined) recordFailure(span, error);
      });
      throw error;
    }
  };
}

/** BullMQ's interface of the same name. */
function telemetryOf(tracer: () => Tracer): object {
  return {
    tracer: {
      startSpan(name: string, { kind }: { kind: SpanKind }, parent?: Context) {
        if (kind !== SpanKind.PRODUCER && kind !== SpanKind.CONSUMER) return nothing;
        // A worker goes on in the context it was made in, which may be that of a request long gone.
        const above = parent ?? (kind === SpanKind.CONSUMER ? ROOT_CONTEXT : context.active());
        const type = kind === SpanKind.CONSUMER ? 'process' : 'send';
        const attributes = { 'messaging.system': 'bullmq', 'messaging.operation.type': type };
        return reported(tracer().startSpan(name, { kind, attributes }, above));
      },
    },
    contextManager: {
      with: (active: Context, work: () => unknown) => context.with(active, work),
      active: () => context.active(),
      root: () => ROOT_CONTEXT,
      getMetadata(active: Context): string {
        const carrier = {};
        propagation.inject(active, carrier);
        return JSON.stringify(carrier);
      },
      fromMetadata(_: Context, metadata: string): Context {
        try {
          return propagation.extract(ROOT_CONTEXT, JSON.parse(metadata));
        } catch {
          // Written by something else.
          return ROOT_CONTEXT;
        }
      },
    },
  };
}

function reported(span: Span): object {
  const setAttributes = (attributes: Attributes): void => {
    for (const [key, value] of Object.entries(attributes)) {
      if (value === undefined) continue;
      span.setAttribute(MESSAGING[key] ?? key, value as AttributeValue);
    }
  };
  return {
    setSpanOnContext: (active: Context) => trace.setSpan(active, span),
    setAttribute: (key: string, value: AttributeValue) => setAttributes({ [key]: value }),
    setAttributes,
    // What a job gave is content, and why it failed is on the span already.
    addEvent() {},
    recordException: (exception: Error) => recordFailure(span, exception),
    end: () => span.end(),
  };
}

const nothing = {
  setSpanOnContext: (active: Context) => active,
  setAttribute() {},
  setAttributes() {},
  addEvent() {},
  recordException() {},
  end() {},
};
