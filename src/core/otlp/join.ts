import { encodeResource, encodeScope } from './encode.ts';
import type { Encodable, Encoded } from './encoded.ts';
import { grouped } from './grouped.ts';

const COMMA = 0x2c;

/** Gives at least so many bytes to write a request to. Default: new ones, which the request then keeps. */
export type Room = (sizeBytes: number) => Buffer;

/**
 * One OTLP/JSON request of spans that are already encoded, grouped by resource and scope: a line, with the line
 * break that ends it and none before. `beside`: attributes that this request's resources have more. Cost: about
 * 0.1 µs a span, the copy of its bytes.
 */
export function joinSpans(spans: readonly Encodable[], room?: Room, beside?: object): Buffer {
  return join(spans, '{"resourceSpans":[', '"scopeSpans"', '"spans"', room, beside);
}

/** One OTLP/JSON request of log records that are already encoded, as {@link joinSpans}. */
export function joinLogs(logs: readonly Encodable[], room?: Room, beside?: object): Buffer {
  return join(logs, '{"resourceLogs":[', '"scopeLogs"', '"logRecords"', room, beside);
}

/** Everything but the records is text of a few hundred bytes; between them lie runs of records. */
function join(
  items: readonly Encodable[],
  head: string,
  scopesName: string,
  itemsName: string,
  room: Room = Buffer.allocUnsafeSlow,
  beside?: object,
): Buffer {
  const texts: string[] = [];
  const runs: Encoded[][] = [];
  let text = head;
  let sizeBytes = 0;
  for (const [resource, scopes] of grouped(items, 'json')) {
    text += `${texts.length === 0 ? '' : ','}{"resource":${encodeResource(resource, beside)},${scopesName}:[`;
    let separator = '';
    for (const [scope, run] of scopes) {
      texts.push(`${text}${separator}{"scope":${encodeScope(scope)},${itemsName}:[`);
      runs.push(run);
      for (const each of run) sizeBytes += each.sizeBytes + 1;
      text = `]${schemaUrl(scope)}}`;
      separator = ',';
    }
    text += `]${schemaUrl(resource)}}`;
  }
  text += ']}\n';
  for (const each of texts) sizeBytes += Buffer.byteLength(each);
  const out = room(sizeBytes + Buffer.byteLength(text));
  let at = 0;
  for (const [index, run] of runs.entries()) {
    at += out.write(texts[index] as string, at);
    for (const { buffer, start, end } of run) {
      at += buffer.copy(out, at, start, end);
      out[at++] = COMMA;
    }
    at--;
  }
  at += out.write(text, at);
  return out.subarray(0, at);
}

function schemaUrl({ schemaUrl }: { readonly schemaUrl?: string | undefined }): string {
  return schemaUrl ? `,"schemaUrl":${JSON.stringify(schemaUrl)}` : '';
}
