import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { Encodable, Encoded, Form } from './encoded.ts';

/** The records of one resource by their scope. */
export type Scopes = Map<InstrumentationScope, Encoded[]>;

/** Records as a request has them: by resource and scope, each in the order it came. */
export function grouped(items: readonly Encodable[], form: Form): Map<Resource, Scopes> {
  const byResource = new Map<Resource, Scopes>();
  for (const item of items) {
    const encoded = item.encodedAs(form);
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
