import type { Attributes, LogRecord, Resource, Span } from '../../src/core/span.ts';

/** A seeded generator: the same number gives the same sequence. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const START = 1_795_250_400_000_000_000n;
const NAMES = [
  'GET /orders/:id',
  'SELECT items',
  'chat gpt-5',
  'publish',
  'Größe ✓',
  '',
  'DROP TABLE "x"; --',
  "it's",
];
const ROUTES = ['/orders/:id', '/checkout', '/a"b', "/it's"];
const MESSAGES = ['card declined', 'connection REFUSED', 'timeout of 30s', 'Ünïcode müssen', '100% [x](y)'];

/** Spans and log records of `traceCount` traces, with all that real telemetry has: lost roots, twins, odd numbers, unicode. */
export function randomTelemetry(seed: number, traceCount: number): { spans: Span[]; logs: LogRecord[] } {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const hex = (length: number): string =>
    Array.from({ length }, () => random(16).toString(16))
      .join('')
      .replace(/^0/, '1');
  const resources: Resource[] = ['shop', 'payments', 'sto"ck'].map((name, index) => ({
    attributes: {
      'service.name': name,
      ...(index > 0 && { 'service.version': `1.${index}.0` }),
      'host.id': 'h1',
    },
  }));
  resources.push({ attributes: {} });
  const spans: Span[] = [];
  const logs: LogRecord[] = [];

  const attributesOf = (): Attributes => {
    const attributes: Attributes = {};
    if (random(3) === 0) {
      attributes['http.route'] = pick(ROUTES);
      attributes['http.request.method'] = pick(['GET', 'POST']);
    }
    if (random(3) === 0) attributes['http.response.status_code'] = pick([200, 204, 302, 404, 500, 503]);
    if (random(3) === 0) {
      attributes['db.system.name'] = 'postgresql';
      attributes['db.query.text'] = `SELECT ${random(3)} FROM items`;
      attributes['db.query.summary'] = 'SELECT items';
      attributes['agentlog.db.signature'] = pick(['aa11', 'bb22']);
      attributes['db.collection.name'] = pick(['items', 'orders']);
    }
    if (random(4) === 0) {
      attributes['gen_ai.request.model'] = pick(['gpt-5', 'claude']);
      attributes['gen_ai.usage.input_tokens'] = random(5_000);
      attributes['agentlog.gen_ai.cost_usd'] = random(1_000) / 7;
      attributes['session.id'] = `s${random(4)}`;
    }
    if (random(5) === 0) attributes['agentlog.exception.fingerprint'] = pick(['f1', 'f2']);
    if (random(5) === 0) attributes['server.address'] = pick(['db.internal', 'a.example']);
    if (random(4) === 0) {
      attributes.mixed = pick([
        true,
        false,
        7,
        7.5,
        '7',
        'seven',
        ['a', 'seven', 7],
        { deep: 'seven' },
        null,
        -3,
        1e300,
      ]);
    }
    return attributes;
  };

  for (let index = 0; index < traceCount; index += 1) {
    const traceId = hex(32);
    const start = START + BigInt(random(3 * 3_600_000)) * 1_000_000n + BigInt(random(1_000_000));
    const ids: string[] = [];
    const count = 1 + random(8);
    for (let number = 0; number < count; number += 1) {
      const isLostRoot = number === 0 && random(5) === 0;
      const parentSpanId = number === 0 ? (isLostRoot ? hex(16) : undefined) : pick(ids);
      const startTimeUnixNano = start + BigInt(random(2_000)) * 1_000_000n;
      const span: Span = {
        traceId,
        spanId: hex(16),
        ...(parentSpanId !== undefined && { parentSpanId }),
        flags: pick([0, 1, 257]),
        name: pick(NAMES),
        kind: random(6),
        startTimeUnixNano,
        endTimeUnixNano: startTimeUnixNano + BigInt(random(900_000_000) - 50_000_000),
        attributes: attributesOf(),
        events:
          random(5) === 0
            ? [
                {
                  name: 'exception',
                  timeUnixNano: startTimeUnixNano,
                  attributes: {
                    'exception.type': pick(['TypeError', 'CardDeclined']),
                    'exception.message': pick(MESSAGES),
                  },
                },
              ]
            : [],
        links:
          random(9) === 0
            ? [
                {
                  traceId: random(2) === 0 ? hex(32) : 'ab'.repeat(16),
                  spanId: hex(16),
                  attributes: { why: 'batch' },
                },
              ]
            : [],
        status: random(4) === 0 ? { code: 2, message: pick(MESSAGES) } : { code: random(2) },
        droppedCount: random(9) === 0 ? random(5) : 0,
        resource: pick(resources),
        scope: pick([{ name: 'http', version: '1.0' }, { name: '' }]),
      };
      ids.push(span.spanId);
      spans.push(span);
      if (random(30) === 0) spans.push(span);
      if (random(3) === 0) {
        logs.push({
          traceId,
          ...(random(4) > 0 && { spanId: span.spanId }),
          timeUnixNano: startTimeUnixNano + BigInt(random(1_000)),
          severityNumber: pick([1, 9, 13, 17]),
          body: pick<LogRecord['body']>([...MESSAGES, { msg: 'card declined', code: 4 }, 12]),
          attributes: random(2) === 0 ? { 'exception.type': 'TypeError', n: random(3) } : {},
          resource: span.resource,
          scope: span.scope,
        });
      }
    }
  }
  logs.push({
    timeUnixNano: START,
    severityNumber: 9,
    body: 'outside a trace',
    attributes: {},
    resource: { attributes: {} },
    scope: { name: '' },
  });
  return { spans, logs };
}
