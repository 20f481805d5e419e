import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import { encodeResource, encodeScope } from './encode.ts';
import type { LogView, SpanView } from './views.ts';

type Item = Pick<SpanView | LogView, 'json' | 'resource' | 'instrumentationScope'>;

/** One OTLP/JSON request of spans that are already encoded, grouped by resource and scope; no line break in it. */
export function joinSpans(spans: readonly Item[]): string {
  return `{"resourceSpans":${joinResources(spans, 'scopeSpans', 'spans')}}`;
}

/** One OTLP/JSON request of log records that are already encoded. */
export function joinLogs(logs: readonly Item[]): string {
  return `{"resourceLogs":${joinResources(logs, 'scopeLogs', 'logRecords')}}`;
}

function joinResources(items: readonly Item[], scopesName: string, itemsName: string): string {
  const byResource = new Map<Resource, Map<InstrumentationScope, string>>();
  for (const item of items) {
    const scopes = byResource.get(item.resource) ?? new Map<InstrumentationScope, string>();
    byResource.set(item.resource, scopes);
    const before = scopes.get(item.instrumentationScope);
    scopes.set(item.instrumentationScope, before === undefined ? item.json : `${before},${item.json}`);
  }
  let out = '';
  for (const [resource, scopes] of byResource) {
    let scopesOut = '';
    for (const [scope, json] of scopes) {
      const schema = scope.schemaUrl ? `,"schemaUrl":${JSON.stringify(scope.schemaUrl)}` : '';
      scopesOut += `${scopesOut === '' ? '' : ','}{"scope":${encodeScope(scope)},"${itemsName}":[${json}]${schema}}`;
    }
    const schema = resource.schemaUrl ? `,"schemaUrl":${JSON.stringify(resource.schemaUrl)}` : '';
    out += `${out === '' ? '' : ','}{"resource":${encodeResource(resource)},"${scopesName}":[${scopesOut}]${schema}}`;
  }
  return `[${out}]`;
}
