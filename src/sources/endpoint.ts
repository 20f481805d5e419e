import { readFileSync } from 'node:fs';
import { AgentlogError } from '../core/errors.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const PORTS: Readonly<Record<string, number>> = { jaeger: 16686, tempo: 3200, clickhouse: 8123 };

/** A backend: where it is and what goes with every request. */
export interface Endpoint {
  /** Protocol and address without credentials, for messages and provenance. */
  readonly name: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM of the authority to trust instead of the system's. */
  readonly ca?: string;
  /** For one request, from its first byte to the last of the answer. */
  readonly timeoutMs: number;
  /** What to do when nothing listens there, and when it refuses the credentials. */
  readonly advice: { readonly refused: string; readonly credentials: string };
}

const SOURCE_ADVICE = {
  refused:
    'Is it running, and is this its query port (Jaeger 16686, Tempo 3200, ClickHouse 8123), not the one for OTLP?',
  credentials:
    'Set AGENTLOG_SOURCE_TOKEN (bearer), AGENTLOG_SOURCE_BASIC (user:password), AGENTLOG_SOURCE_TENANT or AGENTLOG_SOURCE_HEADERS.',
};
const RECEIVER_ADVICE = {
  refused: 'Is it running, and is this its port for OTLP over HTTP (4318)?',
  credentials: 'Set OTEL_EXPORTER_OTLP_HEADERS, such as authorization=Bearer%20….',
};

/**
 * An OTLP/HTTP receiver, with what the standard `OTEL_EXPORTER_OTLP_*` variables say of headers, certificate, time-out.
 * @throws AgentlogError USAGE; no message holds a credential.
 */
export function receiverEndpoint(place: string, env: NodeJS.ProcessEnv): Endpoint {
  const standard = {
    AGENTLOG_SOURCE_HEADERS: env.OTEL_EXPORTER_OTLP_HEADERS,
    AGENTLOG_SOURCE_CA: env.OTEL_EXPORTER_OTLP_CERTIFICATE,
    AGENTLOG_SOURCE_TIMEOUT: env.OTEL_EXPORTER_OTLP_TIMEOUT,
  };
  return { ...readEndpoint('otlp', place, standard), advice: RECEIVER_ADVICE };
}

/**
 * The endpoint that `place` names, with the credentials of the environment: `AGENTLOG_SOURCE_TOKEN` (bearer),
 * `AGENTLOG_SOURCE_BASIC` (`user:password`, as in the address), `AGENTLOG_SOURCE_TENANT` (`X-Scope-OrgID`),
 * `AGENTLOG_SOURCE_HEADERS` (`name=value,…`, percent-encoded), `AGENTLOG_SOURCE_CA`, `AGENTLOG_SOURCE_TIMEOUT` (ms).
 * @throws AgentlogError USAGE; no message holds a credential.
 */
export function readEndpoint(protocol: string, place: string, env: NodeJS.ProcessEnv): Endpoint {
  const url = URL.canParse(place) ? new URL(place) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new AgentlogError(
      'USAGE',
      protocol === 'otlp'
        ? 'Expected the address of an OTLP/HTTP receiver, such as `http://localhost:4318`.'
        : `Expected an address after \`${protocol}:\`, such as \`${protocol}:http://localhost:${PORTS[protocol] ?? 16686}\`.`,
    );
  }
  const inAddress = url.username === '' ? undefined : `${decoded(url.username)}:${decoded(url.password)}`;
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  const ca = readCa(env.AGENTLOG_SOURCE_CA);
  return {
    name: `${protocol}:${url.href.replace(/\/$/, '')}`,
    url,
    headers: readHeaders(env, inAddress),
    ...(ca !== undefined && { ca }),
    timeoutMs: readTimeout(env.AGENTLOG_SOURCE_TIMEOUT),
    advice: SOURCE_ADVICE,
  };
}

function readHeaders(env: NodeJS.ProcessEnv, inAddress: string | undefined): Record<string, string> {
  const {
    AGENTLOG_SOURCE_TOKEN: token,
    AGENTLOG_SOURCE_BASIC: basic = inAddress,
    AGENTLOG_SOURCE_TENANT: tenant,
  } = env;
  const headers: Record<string, string> = {};
  if (basic) headers.authorization = `Basic ${Buffer.from(basic).toString('base64')}`;
  if (token) headers.authorization = `Bearer ${token.trim()}`;
  if (tenant) headers['x-scope-orgid'] = tenant.trim();
  for (const pair of (env.AGENTLOG_SOURCE_HEADERS ?? '').split(',')) {
    if (pair.trim() === '') continue;
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim().toLowerCase();
    if (at < 1 || !/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name))
      throw wrong('AGENTLOG_SOURCE_HEADERS', '`name=value,…`');
    headers[name] = decoded(pair.slice(at + 1).trim());
  }
  for (const value of Object.values(headers)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no header may hold.
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value) || /[^\u0000-\u00ff]/.test(value))
      throw wrong('credentials of AGENTLOG_SOURCE_*', 'one line of Latin letters');
  }
  return headers;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function readCa(path: string | undefined): string | undefined {
  if (!path) return undefined;
  try {
    const pem = readFileSync(path, 'utf8');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  } catch {
    // Said below.
  }
  throw wrong('AGENTLOG_SOURCE_CA', 'the path of a PEM file with a certificate');
}

function readTimeout(text: string | undefined): number {
  if (!text) return DEFAULT_TIMEOUT_MS;
  const ms = Number(text);
  if (!Number.isInteger(ms) || ms < 1 || ms > 2 ** 31 - 1)
    throw wrong('AGENTLOG_SOURCE_TIMEOUT', 'milliseconds from 1');
  return ms;
}

function wrong(name: string, expected: string): AgentlogError {
  return new AgentlogError('USAGE', `Expected ${expected} in ${name}.`);
}
