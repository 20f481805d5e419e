import {
  DB_NAMESPACE,
  DB_SYSTEM_NAME,
  GEN_AI_PROVIDER_NAME,
  HTTP_RESPONSE_STATUS_CODE,
  OLD_DB_SYSTEM,
  SERVER_ADDRESS,
  SERVER_PORT,
  SERVICE_NAME,
} from '../core/attributes.ts';
import { hasGenAiKey } from '../core/genai/namespaces.ts';
import { type Attributes, durationMs, SPAN_KIND, type Span, STATUS_CODE } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';

/** In the order they are shown. */
export const SYSTEM_KINDS = [
  'database',
  'cache',
  'messaging',
  'mail',
  'storage',
  'service',
  'llm',
  'authorisation',
] as const;
export type SystemKind = (typeof SYSTEM_KINDS)[number];

/** Something outside the code that the trace touched. `name` and `answeredBy` are text from telemetry. */
export interface RelatedSystem {
  readonly kind: SystemKind;
  /** System and place: `postgresql db:5432/shop`, `api.example.com:443`, `kafka orders`; for authorisation who said no. */
  readonly name: string;
  readonly callCount: number;
  /** Failed calls, and answers of 400 and above. */
  readonly errorCount: number;
  readonly totalMs: number;
  readonly slowestMs: number;
  readonly slowestSpanId: string;
  /** The first failed call. */
  readonly failedSpanId?: string;
  /** The service of this trace that took the call. */
  readonly answeredBy?: string;
}

const CACHES = /^(?:redis|valkey|memcached?|keydb|dragonfly)/i;
const MAIL_PORTS = new Set([25, 465, 587, 2525]);
const MAIL_HOST =
  /(?:^|[.-])(?:smtp|sendgrid|mailgun|postmark(?:app)?|mailjet|mandrill|resend|sparkpost)\b|^email\./i;
const STORAGE_HOST =
  /^(?:storage\.googleapis\.com|.*\.(?:blob|dfs|file)\.core\.windows\.net|(?:.*\.)?s3[.-][\w.-]*amazonaws\.com|.*\.r2\.cloudflarestorage\.com)$/i;
const DENIED = new Set([401, 403]);

interface Place {
  readonly kind: SystemKind;
  readonly name: string;
}

/**
 * The systems of a trace by kind and place: those with failures first within a kind, then by time. A call that a
 * client library makes to do its work (the HTTP request of an S3 or model call) counts once, as what it is for.
 * Linear; never throws.
 */
export function relatedSystemsOf(trace: Trace): RelatedSystem[] {
  const places = new Map<Span, Place>();
  const systems = new Map<string, { -readonly [Key in keyof RelatedSystem]: RelatedSystem[Key] }>();
  const add = (span: Span, place: Place, answeredBy?: string): void => {
    const key = `${place.kind}\n${place.name}`;
    const ms = durationMs(span);
    let system = systems.get(key);
    if (system === undefined) {
      system = {
        ...place,
        callCount: 0,
        errorCount: 0,
        totalMs: 0,
        slowestMs: 0,
        slowestSpanId: span.spanId,
      };
      systems.set(key, system);
    }
    system.callCount += 1;
    system.totalMs += ms;
    if (ms > system.slowestMs) {
      system.slowestMs = ms;
      system.slowestSpanId = span.spanId;
    }
    if (hasFailed(span)) {
      system.errorCount += 1;
      system.failedSpanId ??= span.spanId;
    }
    if (answeredBy !== undefined) system.answeredBy = answeredBy;
  };
  for (const span of trace.spans) {
    const place = placeOf(span);
    const above = places.get(trace.byId.get(span.parentSpanId ?? '') as Span);
    // Transport of the call above it.
    if (place?.kind === 'service' && above !== undefined && above.kind !== 'service') places.set(span, above);
    else if (place !== undefined) {
      places.set(span, place);
      if (above?.kind !== place.kind || above.name !== place.name) add(span, place, answererOf(trace, span));
    }
    if (DENIED.has(Number(statusOf(span.attributes))))
      add(span, { kind: 'authorisation', name: denierOf(span) });
  }
  return [...systems.values()].sort(
    (a, b) =>
      SYSTEM_KINDS.indexOf(a.kind) - SYSTEM_KINDS.indexOf(b.kind) ||
      Number(b.errorCount > 0) - Number(a.errorCount > 0) ||
      b.totalMs - a.totalMs ||
      (a.name < b.name ? -1 : 1),
  );
}

function placeOf(span: Span): Place | undefined {
  const { attributes, kind, scope } = span;
  const text = (...keys: readonly string[]): string | undefined => {
    for (const key of keys) if (typeof attributes[key] === 'string') return attributes[key];
    return undefined;
  };
  const address = addressOf(attributes);
  const database = text(DB_SYSTEM_NAME, OLD_DB_SYSTEM);
  if (database !== undefined) {
    // Waiting for a connection asks nothing.
    if (/(?:^|\.)connect$/.test(span.name)) return undefined;
    const namespace = text(DB_NAMESPACE, 'db.name');
    const where = [address, namespace].filter((each) => each !== undefined).join('/');
    return { kind: CACHES.test(database) ? 'cache' : 'database', name: `${database} ${where}`.trim() };
  }
  const messaging = text('messaging.system');
  if (messaging !== undefined) {
    const destination = text('messaging.destination.name', 'messaging.destination') ?? address ?? '';
    return { kind: 'messaging', name: `${messaging} ${destination}`.trim() };
  }
  if (hasGenAiKey(attributes) && kind !== SPAN_KIND.server) {
    const provider = text(GEN_AI_PROVIDER_NAME, 'gen_ai.system');
    return provider === undefined ? undefined : { kind: 'llm', name: provider };
  }
  const service = text('rpc.service');
  const bucket = text('aws.s3.bucket');
  if (bucket !== undefined || service === 'S3') return { kind: 'storage', name: `S3 ${bucket ?? ''}`.trim() };
  if (service === 'SES' || service === 'SESv2') return { kind: 'mail', name: service };
  if (scope.name.endsWith('instrumentation-fs')) return { kind: 'storage', name: 'file system' };
  if (kind === SPAN_KIND.producer || kind === SPAN_KIND.consumer)
    return { kind: 'messaging', name: span.name };
  if (kind !== SPAN_KIND.client) return undefined;
  const host = text(SERVER_ADDRESS, 'net.peer.name', 'http.host') ?? '';
  if (MAIL_PORTS.has(Number(attributes[SERVER_PORT])) || MAIL_HOST.test(host)) {
    return { kind: 'mail', name: address ?? host };
  }
  if (STORAGE_HOST.test(host)) return { kind: 'storage', name: host };
  const name = address ?? service ?? text('url.full', 'http.url');
  // A client span without a place waits for something of its own, such as a pool.
  return name === undefined ? undefined : { kind: 'service', name };
}

function addressOf(attributes: Attributes): string | undefined {
  const host = attributes[SERVER_ADDRESS] ?? attributes['net.peer.name'];
  if (typeof host !== 'string' || host === '') return undefined;
  const port = attributes[SERVER_PORT] ?? attributes['net.peer.port'];
  return typeof port === 'number' ? `${host}:${port}` : host;
}

function statusOf(attributes: Attributes): unknown {
  return attributes[HTTP_RESPONSE_STATUS_CODE] ?? attributes['http.status_code'];
}

function hasFailed(span: Span): boolean {
  return span.status.code === STATUS_CODE.error || Number(statusOf(span.attributes) ?? 0) >= 400;
}

/** The other service of the trace in which the call went on. */
function answererOf(trace: Trace, span: Span): string | undefined {
  const own = serviceOf(span);
  for (const child of trace.childrenOf(span)) {
    const service = serviceOf(child);
    if (service !== own && service !== '') return service;
  }
  return undefined;
}

function denierOf(span: Span): string {
  return span.kind === SPAN_KIND.client
    ? (addressOf(span.attributes) ?? span.name)
    : serviceOf(span) || span.name;
}

function serviceOf({ resource }: Span): string {
  const name = resource.attributes[SERVICE_NAME];
  return typeof name === 'string' ? name : '';
}
