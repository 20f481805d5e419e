/** A message of JSON-RPC as the library hands it to a transport or takes it from one. */
export interface Message {
  readonly jsonrpc?: unknown;
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

export type RequestId = string | number;

export interface Request extends Message {
  readonly id: RequestId;
  readonly method: string;
}

export interface Notification extends Message {
  readonly method: string;
}

export interface Response extends Message {
  readonly id: RequestId;
}

type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isRequest(message: unknown): message is Request {
  return isFields(message) && typeof message.method === 'string' && isId(message.id);
}

export function isNotification(message: unknown): message is Notification {
  return isFields(message) && typeof message.method === 'string' && message.id === undefined;
}

export function isResponse(message: unknown): message is Response {
  return isFields(message) && message.method === undefined && isId(message.id);
}

/** A field of `params`; undefined where there are none. */
export function paramOf(message: Message, name: string): unknown {
  return isFields(message.params) ? message.params[name] : undefined;
}

/** `params._meta`: the bag in which context travels. */
export function metaOf(message: Message): Fields | undefined {
  const meta = paramOf(message, '_meta');
  return isFields(meta) ? meta : undefined;
}

/** The same message with these entries in `params._meta`; the app's own object stays as it is. */
export function withMeta<M extends Message>(message: M, entries: Fields): M {
  const params = isFields(message.params) ? message.params : {};
  return { ...message, params: { ...params, _meta: { ...metaOf(message), ...entries } } };
}

function isId(id: unknown): id is RequestId {
  return typeof id === 'string' || typeof id === 'number';
}
