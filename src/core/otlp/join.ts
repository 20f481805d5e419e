import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import { encodeResource, encodeScope } from './encode.ts';
import type { Encoded } from './encoded.ts';

type Joinable = { readonly encoded: Encoded };
type Scopes = Map<InstrumentationScope, Encoded[]>;

const COMMA = 0x2c;

/**
 * One OTLP/JSON request of spans that are already encoded, grouped by resource and scope: a line, with the line
 * break that ends it and none before. Cost: about 0.1 µs a span, the copy of its bytes.
 */
export function joinSpans(spans: readonly Joinable[]): Buffer {
  return join(spans, '{"resourceSpans":[', '"scopeSpans"', '"spans"');
}

/** One OTLP/JSON request of log records that are already encoded, as {@link joinSpans}. */
export function joinLogs(logs: readonly Joinable[]): Buffer {
  return join(logs, '{"resourceLogs":[', '"scopeLogs"', '"logRecords"');
}

/** Everything but the records is text of a few hundred bytes; between them lie runs of records. */
function join(items: readonly Joinable[], head: string, scopesName: string, itemsName: string): Buffer {
  const texts: string[] = [];
  const runs: Encoded[][] = [];
  let text = head;
  let sizeBytes = 0;
  for (const [resource, scopes] of grouped(items)) {
    text += `${texts.length === 0 ? '' : ','}{"resource":${encodeResource(resource)},${scopesName}:[`;
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
  const out = Buffer.allocUnsafeSlow(sizeBytes + Buffer.byteLength(text));
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

function grouped(items: readonly Joinable[]): Map<Resource, Scopes> {
  const byResource = new Map<Resource, Scopes>();
  for (const { encoded } of items) {
    let scopes = byResource.get(encoded.resource);
    if (scopes === undefined) {
      scopes = new Map();
      byResource.set(encoded.resource, scopes);
    }
    const run = scopes.get(encoded.instrumentationScope);
    if (run === undefined) scopes.set(encoded.instrumentationScope, [encoded]);
    else run.push(encoded);
  }
  return byResource;
}

function schemaUrl({ schemaUrl }: { readonly schemaUrl?: string | undefined }): string {
  return schemaUrl ? `,"schemaUrl":${JSON.stringify(schemaUrl)}` : '';
}
