import { SERVER_ADDRESS, SERVICE_NAME } from '../../core/attributes.ts';
import { describeCall } from '../../core/n-plus-one/index.ts';
import { SPAN_KIND, type Span } from '../../core/span.ts';

/** A span that waits for something outside its process. */
export interface OutsideCall {
  /** Equal for calls alike but for their values. */
  readonly kind: string;
  /** Equal for calls of one service that ask the very same thing, as far as the span tells. */
  readonly key: string;
  /** The statement's summary, `GET host/users/*`, a tool, or the span's name. Text from telemetry. */
  readonly name: string;
  /** Whether it can run beside others: neither a write nor anything inside a transaction. */
  readonly isIndependent: boolean;
  /** BEGIN, COMMIT and the like: the statements around it share a connection. */
  readonly isTransaction: boolean;
}

/** What a span calls outside its process; undefined for one that calls nothing. */
export function outsideCallOf(span: Span): OutsideCall | undefined {
  const service = String(span.resource.attributes[SERVICE_NAME] ?? '');
  const isClient = span.kind === SPAN_KIND.client || span.kind === SPAN_KIND.producer;
  const call = describeCall(span.attributes, span.kind === SPAN_KIND.client);
  if (call !== undefined) {
    const kind = `${call.signature}\n${call.namespace}`;
    return {
      kind,
      key: [service, kind, call.identity ?? ''].join('\n'),
      name: call.summary,
      isIndependent: !call.writes && (call.sql === undefined || call.sql.kind === 'read'),
      isTransaction: call.sql?.kind === 'transaction',
    };
  }
  if (!isClient) return undefined;
  const kind = `${span.name}\n${String(span.attributes[SERVER_ADDRESS] ?? '')}`;
  return { kind, key: `${service}\n${kind}`, name: span.name, isIndependent: true, isTransaction: false };
}
