import type { Attributes } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { Redactor } from '../../src/core/redaction/redactor.ts';

/** A scope as the serializers write it. */
export type Scope = InstrumentationScope & { attributes?: Attributes; droppedAttributesCount?: number };

interface Known {
  readonly resources: WeakMap<Resource, Resource>;
  readonly scopes: WeakMap<object, Scope>;
  /** The resource asked for last: a process has one. */
  resource: Resource | undefined;
  redacted: Resource | undefined;
}

const byRedactor = new WeakMap<Redactor, Known>();

/** The resource to write in place of this one: always the same object for the same resource. Never throws. */
export function redactResource(resource: Resource, redactor: Redactor): Resource {
  const known = knownTo(redactor);
  if (known.resource === resource && known.redacted !== undefined) return known.redacted;
  const redacted = known.resources.get(resource) ?? new RedactedResource(resource, redactor);
  known.resources.set(resource, redacted);
  // A redacted resource given in again, by a second pipeline, is redacted already.
  known.resources.set(redacted, redacted);
  known.resource = resource;
  known.redacted = redacted;
  return redacted;
}

/** The scope to write in place of this one: always the same object for the same scope. Never throws. */
export function redactScope<T extends Scope>(scope: T, redactor: Redactor): T {
  const { scopes } = knownTo(redactor);
  const known = scopes.get(scope);
  if (known !== undefined) return known as T;
  const redacted = redactScopeOnce(scope, redactor);
  scopes.set(scope, redacted);
  scopes.set(redacted, redacted);
  return redacted;
}

function redactScopeOnce<T extends Scope>(scope: T, redactor: Redactor): T {
  try {
    const name = redactor.text(scope.name);
    const version = scope.version === undefined ? undefined : redactor.text(scope.version);
    const schemaUrl = scope.schemaUrl === undefined ? undefined : redactor.text(scope.schemaUrl);
    const attributes = scope.attributes && redactor.attributes(scope.attributes);
    if (
      name === scope.name &&
      version === scope.version &&
      schemaUrl === scope.schemaUrl &&
      attributes === scope.attributes
    ) {
      return scope;
    }
    return {
      ...scope,
      name,
      ...(version === undefined ? {} : { version }),
      ...(schemaUrl === undefined ? {} : { schemaUrl }),
      ...(attributes === undefined ? {} : { attributes }),
    };
  } catch {
    return { name: '[REDACTED:error]' } as T;
  }
}

/** A process has one redactor, as a rule. */
let lastRedactor: Redactor | undefined;
let lastKnown: Known | undefined;

function knownTo(redactor: Redactor): Known {
  if (redactor === lastRedactor && lastKnown !== undefined) return lastKnown;
  lastRedactor = redactor;
  lastKnown = readKnown(redactor);
  return lastKnown;
}

function readKnown(redactor: Redactor): Known {
  let known = byRedactor.get(redactor);
  if (known === undefined) {
    known = { resources: new WeakMap(), scopes: new WeakMap(), resource: undefined, redacted: undefined };
    byRedactor.set(redactor, known);
  }
  return known;
}

/**
 * A resource whose attributes are redacted when they are read. While detectors still run it gives what has settled,
 * without upstream's error message; afterwards it redacts once and keeps the answer.
 */
class RedactedResource implements Resource {
  readonly #resource: Resource;
  readonly #redactor: Redactor;
  readonly schemaUrl?: string;
  #settled: Attributes | undefined;

  constructor(resource: Resource, redactor: Redactor) {
    this.#resource = resource;
    this.#redactor = redactor;
    if (resource.schemaUrl !== undefined) this.schemaUrl = redactor.text(resource.schemaUrl);
  }

  get asyncAttributesPending(): boolean {
    return this.#resource.asyncAttributesPending === true;
  }

  get attributes(): Attributes {
    if (this.#settled !== undefined) return this.#settled;
    try {
      if (this.asyncAttributesPending) return this.#redactor.attributes(settledSoFar(this.#resource));
      this.#settled = this.#redactor.attributes(this.#resource.attributes);
      return this.#settled;
    } catch {
      return {};
    }
  }

  async waitForAsyncAttributes(): Promise<void> {
    await this.#resource.waitForAsyncAttributes?.();
  }

  merge(other: Resource | null): Resource {
    return redactResource(this.#resource.merge(other), this.#redactor);
  }

  getRawAttributes(): ReturnType<Resource['getRawAttributes']> {
    const redactor = this.#redactor;
    return this.#resource.getRawAttributes().map(([key, value]) => {
      const name = Object.keys(redactor.attributes({ [key]: true }))[0] ?? key;
      if (isPromise(value)) return [name, value.then((settled) => mask(redactor, key, settled))];
      return [name, mask(redactor, key, value)];
    });
  }
}

type Raw = ReturnType<Resource['getRawAttributes']>[number][1];
type Settled = Exclude<Raw, PromiseLike<unknown>>;

function mask(redactor: Redactor, key: string, value: Settled): Settled {
  return value === undefined ? value : (redactor.value(key, value as never) as Settled);
}

/** Earlier entries win, as in upstream's own reading. */
function settledSoFar(resource: Resource): Attributes {
  const attributes: Attributes = {};
  for (const [key, value] of resource.getRawAttributes()) {
    if (key === '' || value === undefined || isPromise(value) || Object.hasOwn(attributes, key)) continue;
    attributes[key] = value as NonNullable<Attributes[string]>;
  }
  return attributes;
}

function isPromise(value: Raw): value is Promise<Settled> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function';
}
