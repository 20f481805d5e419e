import { context, type Tracer } from '@opentelemetry/api';
import { aside } from '../aside.ts';
import type { TransportFacts } from './attributes.ts';
import { Connection } from './connection.ts';
import { isNotification, isRequest, isResponse, type Message, paramOf } from './messages.ts';

type Send = (this: unknown, message: unknown, ...rest: unknown[]) => unknown;
type Handler = (this: unknown, ...args: unknown[]) => unknown;

interface Transport extends TransportFacts {
  send: Send;
  onmessage?: Handler;
  onclose?: Handler;
}

const observed = new WeakSet<object>();

/**
 * Looks at every message on its way through a transport, in both directions. The library's public contract is all
 * that is used (`send`, `onmessage`, `onclose`), so every transport is understood, the app's own too; messages
 * that are no requests pass as they are.
 */
export function observeTransport(transport: unknown, tracer: Tracer): void {
  if (!isTransport(transport) || observed.has(transport)) return;
  observed.add(transport);
  const connection = new Connection(tracer, transport);
  const { send } = transport;
  define(transport, 'send', sending(connection, send));
  const handled = new WeakSet<object>();
  intercept(transport, 'onmessage', (handler) => receiving(connection, handler, handled));
  intercept(
    transport,
    'onclose',
    (handler) =>
      function (this: unknown, ...args) {
        aside(() => connection.close());
        return handler.apply(this, args);
      },
  );
}

function sending(connection: Connection, send: Send): Send {
  return function (this: unknown, message, ...rest) {
    let outgoing = message;
    let inCall = context.active();
    let open: string | number | undefined;
    aside(() => {
      if (isRequest(message)) {
        const asked = connection.ask(message);
        if (asked === undefined) return;
        outgoing = asked.message;
        inCall = asked.context;
        open = message.id;
        watchSignal(connection, message.id, rest[0]);
      } else if (isResponse(message)) connection.answer(message);
      else if (isNotification(message)) {
        if (message.method === 'notifications/cancelled') cancel(connection, 'abandon', message);
        outgoing = connection.inject(message);
      }
    });
    if (open === undefined) return send.call(this, outgoing, ...rest);
    const id = open;
    const fail = (error: unknown): never => {
      aside(() => connection.abandon(id, errorType(error), error));
      throw error;
    };
    try {
      const sent = context.with(inCall, () => send.call(this, outgoing, ...rest));
      return sent instanceof Promise ? sent.then((value) => value, fail) : sent;
    } catch (error) {
      return fail(error);
    }
  };
}

function receiving(connection: Connection, handler: Handler, handled: WeakSet<object>): Handler {
  return function (this: unknown, ...args) {
    let inCall = context.active();
    let served: string | number | undefined;
    aside(() => {
      const message = args[0];
      if (typeof message !== 'object' || message === null || handled.has(message)) return;
      // The library chains handlers of earlier connections: one message, looked at once.
      handled.add(message);
      if (isRequest(message)) {
        inCall = connection.serve(message) ?? inCall;
        served = message.id;
      } else if (isResponse(message)) inCall = connection.answered(message) ?? inCall;
      else if (isNotification(message)) {
        if (message.method === 'notifications/cancelled') cancel(connection, 'dismiss', message);
        else inCall = connection.extract(message);
      }
    });
    try {
      return context.with(inCall, () => handler.apply(this, args));
    } catch (error) {
      const id = served;
      if (id !== undefined) aside(() => connection.dismiss(id, errorType(error), error));
      throw error;
    }
  };
}

/** The reason is the library's text of an error; of that only whether time ran out is of interest. */
function cancel(connection: Connection, how: 'abandon' | 'dismiss', message: Message): void {
  const id = paramOf(message, 'requestId');
  if (typeof id !== 'string' && typeof id !== 'number') return;
  connection[how](id, /timed? ?out/i.test(String(paramOf(message, 'reason'))) ? 'timeout' : 'cancelled');
}

/** Over HTTP since 2026 a request is cancelled by closing its stream, without a message. */
function watchSignal(connection: Connection, id: string | number, options: unknown): void {
  const { requestSignal } = (options ?? {}) as { requestSignal?: unknown };
  if (!(requestSignal instanceof AbortSignal)) return;
  requestSignal.addEventListener('abort', () => aside(() => connection.abandon(id, 'cancelled')), {
    once: true,
  });
}

function errorType(error: unknown): string {
  return error instanceof Error ? error.constructor.name || error.name : typeof error;
}

function isTransport(value: unknown): value is Transport {
  return typeof value === 'object' && value !== null && typeof (value as Transport).send === 'function';
}

/** Whoever sets this handler sets what `wrap` makes of it. */
function intercept(
  transport: Transport,
  name: 'onmessage' | 'onclose',
  wrap: (handler: Handler) => Handler,
): void {
  const wrappers = new WeakSet<object>();
  const wrapped = (value: unknown): unknown => {
    if (typeof value !== 'function' || wrappers.has(value)) return value;
    const wrapper = wrap(value as Handler);
    wrappers.add(wrapper);
    return wrapper;
  };
  const inherited = accessorOf(transport, name);
  let current = wrapped(transport[name]);
  if (inherited?.set !== undefined && current !== undefined) inherited.set.call(transport, current);
  Object.defineProperty(transport, name, {
    configurable: true,
    enumerable: true,
    get: () => (inherited?.get === undefined ? current : inherited.get.call(transport)),
    set: (value: unknown) => {
      current = wrapped(value);
      inherited?.set?.call(transport, current);
    },
  });
}

/** The accessor a transport has itself: 1.x's for Node's HTTP passes its handlers on to another one. */
function accessorOf(target: object, name: string): PropertyDescriptor | undefined {
  for (let each: object | null = target; each !== null; each = Object.getPrototypeOf(each)) {
    const found = Object.getOwnPropertyDescriptor(each, name);
    if (found !== undefined) return found.get === undefined && found.set === undefined ? undefined : found;
  }
  return undefined;
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}
