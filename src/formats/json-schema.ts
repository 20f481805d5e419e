/**
 * The JSON Schema (draft 2020-12) of `--format json`. Objects may get further members without a new
 * `schemaVersion`; a member that is required here keeps its meaning within one.
 */
export const bundleSchema: Readonly<Record<string, unknown>> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'An incident bundle of @agentlog/otel',
  ...object({
    schemaVersion: { const: 2 },
    traceId: { type: 'string', pattern: '^[0-9a-f]{32}$' },
    outcome: { enum: ['failed', 'problem', 'ok', 'empty'] },
    selection: object({ by: text(), reasons: list(object({ what: text() })), otherCount: count() }),
    startTimeUnixNano: nanos(),
    durationMs: number(),
    hypotheses: list(
      object({
        rule: text(),
        claim: text(),
        confidence: { enum: ['high', 'medium', 'low'] },
        facts: facts(),
        evidence: list(spanId()),
        refutedBy: text(),
        analysis: nullable(text()),
      }),
    ),
    excerpts: list(
      object({
        file: text(),
        line: count(),
        alsoLines: list(count()),
        firstLine: count(),
        lines: list(text()),
        why: { enum: ['frame', 'call site', 'text', 'called'] },
        spanIds: list(spanId()),
        isGuessed: { type: 'boolean' },
      }),
    ),
    beside: list(
      object({
        rootName: text(),
        count: count(),
        isAtSameTime: { type: 'boolean' },
        traceId: text(),
        durationMs: number(),
        earlierMs: number(),
      }),
    ),
    baseline: nullable(
      object({
        route: text(),
        requestCount: count(),
        errorRate: number(),
        p50Ms: number(),
        p95Ms: number(),
        thisMs: number(),
      }),
    ),
    typical: nullable(
      object({
        traceId: text(),
        durationMs: number(),
        spanCount: count(),
        differences: list(object({ name: text() })),
      }),
    ),
    occurrences: list(object({ fingerprint: text(), traceCount: count() })),
    services: list(object({ name: text(), spanCount: count(), errorCount: count() })),
    processes: list(object({ service: text(), configurationNames: list(text()) })),
    relatedSystems: list(
      object({
        kind: {
          enum: ['database', 'cache', 'messaging', 'mail', 'storage', 'service', 'llm', 'authorisation'],
        },
        name: text(),
        callCount: count(),
        errorCount: count(),
        totalMs: number(),
        slowestMs: number(),
        slowestSpanId: spanId(),
      }),
    ),
    linkedTraces: list(
      object({
        traceId: text(),
        direction: { enum: ['to', 'from'] },
        spanIds: list(spanId()),
        isFound: { type: 'boolean' },
      }),
    ),
    findings: list(
      object({
        analysis: text(),
        severity: { enum: ['problem', 'note', 'info'] },
        title: text(),
        facts: facts(),
        spanIds: list(spanId()),
      }),
    ),
    errors: list(
      object({
        type: text(),
        message: text(),
        frames: list(object({ file: text() })),
        spanIds: list(spanId()),
      }),
    ),
    reproduction: nullable(
      object({ command: text(), placeholders: list(text()), notes: list(text()), service: text() }),
    ),
    suggestedTests: list(object({ text: text(), facts: facts() })),
    llmCalls: list(object({ spanId: spanId(), operation: text(), model: text(), durationMs: number() })),
    toolCalls: list(object({ spanId: spanId(), name: text(), durationMs: number() })),
    spans: list(
      object({
        handle: count(),
        traceId: text(),
        spanId: spanId(),
        name: text(),
        kind: count(),
        startTimeUnixNano: nanos(),
        endTimeUnixNano: nanos(),
        durationMs: number(),
        attributes: { type: 'object' },
        events: list(object({ name: text(), timeUnixNano: nanos(), attributes: { type: 'object' } })),
        links: list(object({ traceId: text(), spanId: text() })),
        status: object({ code: count() }),
        service: nullable(text()),
        scope: text(),
      }),
    ),
    logs: list(
      object({
        handle: nullable(count()),
        timeUnixNano: nanos(),
        severityNumber: number(),
        body: {},
        attributes: { type: 'object' },
        service: nullable(text()),
        scope: text(),
      }),
    ),
    missingParents: list(spanId()),
    redactions: object({ stored: counts(), onReading: counts() }),
    safety: object({
      exposure: object({ policy: { enum: ['default', 'strict', 'off'] }, disabledRules: list(text()) }),
      capture: { type: 'object', additionalProperties: { type: 'boolean' } },
      truncatedFields: counts(),
      omitted: counts(),
      outsiderFields: counts(),
    }),
    coverage: object({
      fileCount: count(),
      skippedFileCount: count(),
      spanCount: count(),
      logCount: count(),
    }),
    omissions: list(object({ what: text(), count: count(), why: text() })),
    provenance: object({ tool: text(), toolVersion: text(), source: text() }),
    nextSteps: list(text()),
  }),
};

type Schema = Readonly<Record<string, unknown>>;

/** Every member named is there; others may be. */
function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', required: Object.keys(properties), properties };
}

function list(items: Schema): Schema {
  return { type: 'array', items };
}

function nullable(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

function text(): Schema {
  return { type: 'string' };
}

function number(): Schema {
  return { type: 'number' };
}

function count(): Schema {
  return { type: 'integer', minimum: 0 };
}

/** Nanoseconds since the epoch, which a JSON number cannot hold. */
function nanos(): Schema {
  return { type: 'string', pattern: '^[0-9]+$' };
}

function spanId(): Schema {
  return { type: 'string', pattern: '^[0-9a-f]{16}$' };
}

function facts(): Schema {
  return { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } };
}

function counts(): Schema {
  return { type: 'object', additionalProperties: count() };
}
