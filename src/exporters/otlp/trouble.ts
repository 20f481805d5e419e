/** What went wrong with a request, for the one who can set it right. Never holds telemetry text. */
export interface Trouble {
  /** A word or code: `ECONNREFUSED`, `HTTP 401`. */
  readonly reason: string;
  readonly advice: string;
}

const UNREACHABLE =
  'Start one there, set OTEL_EXPORTER_OTLP_ENDPOINT, or set OTEL_TRACES_EXPORTER=none (likewise LOGS, METRICS).';

const CREDENTIALS = 'It wants other credentials: set OTEL_EXPORTER_OTLP_HEADERS.';
const NO_OTLP = 'There is no OTLP under this path: look at OTEL_EXPORTER_OTLP_ENDPOINT.';
const OVERLOADED = 'It is overloaded; what fits into the time-out is sent again.';

/** Says what a failed request means. `error` comes from {@link Transport}. */
export function explainTrouble(error: NodeJS.ErrnoException | undefined): Trouble {
  const reason = error?.code ?? error?.message ?? 'no answer';
  return { reason, advice: adviceFor(reason) };
}

function adviceFor(reason: string): string {
  if (/CERT|SELF_SIGNED|ALTNAME/.test(reason)) {
    return 'Its certificate is not trusted: set OTEL_EXPORTER_OTLP_CERTIFICATE or NODE_EXTRA_CA_CERTS.';
  }
  if (/^HPE_|^EPROTO$|^ERR_SSL|^ERR_HTTP2/.test(reason)) {
    return 'What listens there does not speak this protocol: look at the port and at http or https.';
  }
  if (/^gRPC (?:UNAUTHENTICATED|PERMISSION_DENIED)$/.test(reason)) return CREDENTIALS;
  if (/^gRPC (?:UNAVAILABLE|RESOURCE_EXHAUSTED)$/.test(reason)) return OVERLOADED;
  if (reason === 'gRPC UNIMPLEMENTED') return NO_OTLP;
  switch (Number(/^HTTP (\d+)$/.exec(reason)?.[1])) {
    case 401:
    case 403:
      return CREDENTIALS;
    case 404:
    case 405:
      return NO_OTLP;
    case 429:
    case 502:
    case 503:
    case 504:
      return OVERLOADED;
    default:
      return /^(?:HTTP|gRPC) /.test(reason) ? 'It refuses the data; its own log says why.' : UNREACHABLE;
  }
}
