import { tracingChannel } from 'node:diagnostics_channel';
import { type Context, context } from '@opentelemetry/api';
import { InstrumentationBase, type InstrumentationConfig } from '@opentelemetry/instrumentation';
import { toolVersion } from '../../src/core/tool-version.ts';
import { aside } from '../aside.ts';
import { type Operation, startOperation } from './operations.ts';

const CHANNEL = 'ai:telemetry';

interface Message {
  readonly type?: unknown;
  readonly event?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** Node 26 enters a bound store by `withScope`, for which the context manager's own store is needed. */
interface Scoped {
  withScope?(inCall: Context): Disposable;
}

/** What the channel binds: whatever runs inside runs in the context that belongs to the message. */
const STORE = {
  run: <T>(inCall: Context, work: () => T): T => context.with(inCall, work),
  withScope(inCall: Context): Disposable {
    const { _getContextManager } = context as unknown as { _getContextManager?: () => unknown };
    const manager = _getContextManager?.call(context) as { _asyncLocalStorage?: Scoped } | undefined;
    return manager?._asyncLocalStorage?.withScope?.(inCall) ?? { [Symbol.dispose]: () => {} };
  },
};

/**
 * Spans for the Vercel AI SDK 7 by its tracing channel: agent (`generateText`, `streamText`), calls of models,
 * tools, embeddings, reranking. No module is patched, so it works alike in every module system and in bundles.
 *
 * `telemetry: { isEnabled: false }` of a call is kept to, and `recordInputs`/`recordOutputs: false` leave content
 * out whatever the policy says. SDKs before 7 make `ai.*` spans when asked; the normaliser reads those.
 */
export class VercelAiInstrumentation extends InstrumentationBase {
  // Without an initialiser: upstream's constructor enables, and then it must keep what that set.
  declare private isListening: boolean | undefined;
  declare private operations: WeakMap<object, Operation> | undefined;
  declare private listeners: Parameters<ReturnType<typeof tracingChannel>['subscribe']>[0] | undefined;

  constructor(config: InstrumentationConfig = {}) {
    super('@agentlog/otel/vercel-ai', toolVersion(), config);
  }

  protected override init(): undefined {
    return undefined;
  }

  override enable(): void {
    super.enable();
    if (this.isListening) return;
    this.isListening = true;
    this.operations ??= new WeakMap();
    this.listeners ??= this.listening();
    const channel = tracingChannel(CHANNEL);
    // A subscriber that throws ends the process, hence the guards.
    channel.start.bindStore(STORE as never, (message) => this.begin(message as Message) as never);
    channel.subscribe(this.listeners);
  }

  override disable(): void {
    super.disable();
    if (!this.isListening || this.listeners === undefined) return;
    this.isListening = false;
    const channel = tracingChannel(CHANNEL);
    channel.start.unbindStore(STORE as never);
    channel.unsubscribe(this.listeners);
  }

  private begin(message: Message): Context {
    const parent = context.active();
    let operation: Operation | undefined;
    aside(() => {
      operation = startOperation(this.tracer, message.type, message.event, parent);
    });
    if (operation === undefined) return parent;
    this.operations?.set(message, operation);
    return operation.context;
  }

  private listening(): NonNullable<typeof this.listeners> {
    const nothing = (): void => {};
    const take = (message: object): Operation | undefined => {
      const operation = this.operations?.get(message);
      this.operations?.delete(message);
      return operation;
    };
    return {
      start: nothing,
      end: nothing,
      asyncStart: nothing,
      asyncEnd: (message) => aside(() => take(message)?.done((message as Message).result)),
      error: (message) => aside(() => take(message)?.failed((message as Message).error)),
    };
  }
}
