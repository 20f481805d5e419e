/** Writes the golden traces: `node test/traces/make.ts`. The expected bundles beside them come from `vitest -u` and are read by a person. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INJECTIONS } from './injections.ts';
import { Story } from './otlp.ts';

const SHOP = { 'service.name': 'shop', 'service.version': '1.4.2' };
const PAYMENTS = { 'service.name': 'payments', 'service.version': '0.9.0' };
const SELECT_ITEMS = 'SELECT id, sku, quantity FROM items WHERE order_id = $1';

const stories: Record<string, readonly string[]> = {
  'n-plus-one': nPlusOne(),
  'checkout-failure': checkoutFailure(),
  'slow-dependency': slowDependency(),
  'llm-route': llmRoute(),
  crash: crash(),
  hostile: hostile(),
};

for (const [name, lines] of Object.entries(stories)) {
  writeFileSync(join(import.meta.dirname, `${name}.jsonl`), lines.join('\n'));
}

/** GET /orders: one query for the orders, then a connection and a query for each of the 40. */
function nPlusOne(): string[] {
  const story = new Story('a1f0c3d2e4b59687a1f0c3d2e4b59687');
  const mark = {
    'agentlog.n_plus_one.signature': ['5d41402abc4b2a76'],
    'agentlog.n_plus_one.summary': ['SELECT items'],
    'agentlog.n_plus_one.count': [40],
    'agentlog.n_plus_one.duration_ms': [260],
    'agentlog.n_plus_one.kind': ['sequential'],
    'agentlog.n_plus_one.severity': ['problem'],
  };
  const site = { 'code.file.path': 'orders.mjs', 'code.line.number': 84 };
  const query = (text: string, signature: string): Record<string, string | number> => ({
    'db.system.name': 'postgresql',
    'db.query.text': text,
    'agentlog.db.signature': signature,
    ...site,
  });
  const loop = Array.from({ length: 40 }, (_, index) => [
    { id: 100 + index, parent: 2, name: 'pg-pool.connect', kind: 3, at: 20 + index * 6, ms: 0.2 },
    {
      id: 200 + index,
      parent: 2,
      name: 'SELECT items',
      kind: 3,
      at: 20.4 + index * 6,
      ms: 5 + (index % 4),
      attributes: query(SELECT_ITEMS, '5d41402abc4b2a76'),
    },
  ]).flat();
  return [
    story.spans(SHOP, [
      {
        id: 3,
        parent: 2,
        name: 'SELECT orders',
        kind: 3,
        at: 8,
        ms: 7.25,
        attributes: query('SELECT id, placed_at\n  FROM orders WHERE customer_id = $1', '7d793037a0760186'),
      },
      ...loop,
    ]),
    story.spans(SHOP, [
      { id: 2, parent: 1, name: 'request handler - /orders', at: 4, ms: 262, attributes: mark },
      {
        id: 1,
        name: 'GET /orders',
        kind: 2,
        at: 0,
        ms: 270,
        attributes: {
          'http.request.method': 'GET',
          'http.route': '/orders',
          'http.response.status_code': 200,
          'agentlog.db.query_count': 41,
          ...mark,
        },
      },
    ]),
    story.logs(SHOP, [{ span: 2, at: 265, severity: 9, body: 'rendered 40 orders', attributes: { rows: 40 } }]),
  ];
}

/** POST /checkout fails: shop → payments → the card service's answer is an exception with a masked card number. */
function checkoutFailure(): string[] {
  const story = new Story('c0ffee00d15ea5e0c0ffee00d15ea5e0', 1_000);
  const message = 'card [REDACTED:card-number] declined with key [REDACTED:api-key]';
  const stack = [
    `CardDeclined: ${message}`,
    '    at parseAnswer (/srv/shop/node_modules/card-client/index.js:20:11)',
    '    at charge (/srv/shop/payments.cjs:41:11)',
    '    at async handle (/srv/shop/payments.cjs:18:5)',
    '    at node:internal/process/task_queues:103:5',
  ].join('\n');
  return [
    story.spans(PAYMENTS, [
      {
        id: 5,
        parent: 4,
        name: 'charge card',
        at: 22,
        ms: 180,
        error: message,
        attributes: { 'agentlog.exception.fingerprint': '9b74c9897bac770f', 'agentlog.redaction.count': 3 },
        events: [
          {
            name: 'exception',
            at: 201,
            attributes: { 'exception.type': 'CardDeclined', 'exception.message': message, 'exception.stacktrace': stack },
          },
        ],
      },
      {
        id: 4,
        parent: 3,
        name: 'POST /charge',
        kind: 2,
        at: 20,
        ms: 185,
        error: true,
        attributes: { 'http.route': '/charge', 'http.response.status_code': 502, 'error.type': '502' },
      },
    ]),
    story.spans(SHOP, [
      {
        id: 2,
        parent: 1,
        name: 'SELECT carts',
        kind: 3,
        at: 5,
        ms: 4.1,
        attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT * FROM carts WHERE id = $1' },
      },
      {
        id: 3,
        parent: 1,
        name: 'POST',
        kind: 3,
        at: 12,
        ms: 196,
        error: true,
        attributes: { 'server.address': '127.0.0.1', 'http.response.status_code': 502, 'error.type': '502' },
      },
      {
        id: 1,
        name: 'POST /checkout',
        kind: 2,
        at: 0,
        ms: 214,
        error: true,
        attributes: { 'http.route': '/checkout', 'http.response.status_code': 500, 'error.type': '500' },
      },
    ]),
    story.logs(PAYMENTS, [
      { span: 5, at: 201.5, severity: 17, body: 'charge failed', attributes: { order: 4711, attempt: 1 } },
    ]),
    story.logs(SHOP, [
      { span: 1, at: 3, severity: 9, body: 'checkout begins', attributes: { cart: 12 } },
      { span: 1, at: 212, severity: 17, body: { msg: 'checkout failed', status: 502 } },
    ]),
  ];
}

/** GET /home asks three services one after another; the stock service gives no answer in time, three times over. */
function slowDependency(): string[] {
  const story = new Story('510de9e4de4c1e50510de9e4de4c1e50', 1_500);
  const call = (id: number, host: string, at: number, ms: number, failed = false) => ({
    id,
    parent: 2,
    name: 'GET',
    kind: 3,
    at,
    ms,
    ...(failed && { error: 'The operation was aborted due to timeout' }),
    attributes: {
      'http.request.method': 'GET',
      'url.full': `http://${host}/v1/summary`,
      'server.address': host,
      ...(failed ? { 'error.type': 'TimeoutError' } : { 'http.response.status_code': 200 }),
    },
  });
  return [
    story.spans({ 'service.name': 'stock', 'service.version': '3.0.1' }, [
      {
        id: 20,
        parent: 5,
        name: 'GET /v1/summary',
        kind: 2,
        at: 402,
        ms: 1_900,
        attributes: { 'http.request.method': 'GET', 'http.route': '/v1/summary', 'http.response.status_code': 200 },
      },
      {
        id: 21,
        parent: 20,
        name: 'SELECT stock',
        kind: 3,
        at: 410,
        ms: 1_880,
        attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT sum(amount) FROM stock GROUP BY sku' },
      },
    ]),
    story.spans(SHOP, [
      call(3, 'users.internal', 10, 180),
      call(4, 'prices.internal', 195, 200),
      call(5, 'stock.internal', 400, 1_000, true),
      call(6, 'stock.internal', 1_500, 1_000, true),
      call(7, 'stock.internal', 2_700, 1_000, true),
      { id: 2, parent: 1, name: 'request handler - /home', at: 4, ms: 3_700, error: true },
      {
        id: 1,
        name: 'GET /home',
        kind: 2,
        at: 0,
        ms: 3_710,
        error: true,
        attributes: { 'http.request.method': 'GET', 'http.route': '/home', 'http.response.status_code': 504 },
      },
    ]),
  ];
}

/** POST /assistant: a framework span around a model call that is refused once and then answers with a tool call. */
function llmRoute(): string[] {
  const story = new Story('11a3b5c7d9e1f30211a3b5c7d9e1f302', 2_000);
  const call = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-5-mini' };
  return [
    story.spans(SHOP, [
      { id: 1, name: 'POST /assistant', kind: 2, at: 0, ms: 2_400, attributes: { 'http.response.status_code': 200 } },
      {
        id: 2,
        parent: 1,
        name: 'invoke_agent support',
        at: 5,
        ms: 2_380,
        attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.request.model': 'gpt-5-mini' },
      },
      {
        id: 3,
        parent: 2,
        name: 'chat gpt-5-mini',
        kind: 3,
        at: 10,
        ms: 120,
        error: 'rate limited',
        attributes: { ...call, 'error.type': 'RateLimitError' },
      },
      {
        id: 4,
        parent: 2,
        name: 'chat gpt-5-mini',
        kind: 3,
        at: 640,
        ms: 1_600,
        attributes: {
          ...call,
          'gen_ai.response.model': 'gpt-5-mini-2026-08-01',
          'gen_ai.usage.input_tokens': 812,
          'gen_ai.usage.output_tokens': 96,
          'gen_ai.usage.cache_read.input_tokens': 512,
          'gen_ai.response.finish_reasons': ['tool_calls'],
        },
      },
      {
        id: 5,
        parent: 2,
        name: 'execute_tool lookup_order',
        at: 2_250,
        ms: 40,
        attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'lookup_order' },
      },
    ]),
  ];
}

/** The process dies: its root is written as unfinished, one parent never arrives, one line is corrupt, the last is torn. */
function crash(): string[] {
  const story = new Story('deadc0dedeadc0dedeadc0dedeadc0de', 3_000);
  const whole = [
    story.spans(SHOP, [
      { id: 2, parent: 1, name: 'load cart', at: 2, ms: 9, droppedAttributesCount: 3 },
      { id: 9, parent: 8, name: 'background refresh', at: 4, ms: 3 },
    ]),
    story.spans(SHOP, [
      { id: 1, name: 'GET /cart', kind: 2, at: 0, ms: 30, attributes: { 'agentlog.span.unfinished': true } },
    ]),
  ];
  const torn = story.spans(SHOP, [{ id: 3, parent: 1, name: 'never whole', at: 12, ms: 1 }]).slice(0, -60);
  return [whole[0] as string, '{"resourceSpans":[{"resource":{"attr', whole[1] as string, torn];
}

/** Every field that telemetry has holds one of the injections. */
function hostile(): string[] {
  const story = new Story('badbadbadbadbadbadbadbadbadbadba', 4_000);
  const pick = (index: number): string => INJECTIONS[index % INJECTIONS.length] as string;
  const all = Object.fromEntries(INJECTIONS.map((text, index) => [`x.${index}`, text]));
  const service = { 'service.name': pick(0), 'service.version': pick(1) };
  const spans = INJECTIONS.map((text, index) => ({
    id: 10 + index,
    parent: 1,
    name: text,
    kind: index % 2 === 0 ? 3 : 1,
    at: 1 + index,
    ms: 1,
    error: text,
    attributes: {
      [text]: text,
      'db.system.name': text,
      'db.query.text': `SELECT 1 -- ${text}`,
      'error.type': text,
      'code.file.path': text,
      'code.line.number': 7,
      'http.route': text,
      'server.address': text,
      'gen_ai.request.model': text,
      'gen_ai.operation.name': text,
      'gen_ai.provider.name': text,
      'gen_ai.response.finish_reasons': [text],
      'agentlog.exception.fingerprint': text,
    },
    events: [
      {
        name: 'exception',
        at: 1 + index,
        attributes: {
          'exception.type': text,
          'exception.message': text,
          'exception.stacktrace': `Error: ${text}\n    at ${text} (/srv/${text}/app.js:1:2)\n    at ok (/srv/app.js:3:4)`,
        },
      },
    ],
    links: [{ traceId: '0123456789abcdef0123456789abcdef', attributes: { [text]: text } }],
  }));
  const marks = {
    'agentlog.n_plus_one.signature': [pick(2)],
    'agentlog.n_plus_one.summary': [pick(3)],
    'agentlog.n_plus_one.count': [30],
    'agentlog.n_plus_one.duration_ms': [90],
    'agentlog.n_plus_one.kind': [pick(4)],
    'agentlog.n_plus_one.severity': ['problem'],
  };
  return [
    story.spans(service, [{ id: 1, name: pick(5), at: 0, ms: 100, error: pick(6), attributes: { ...all, ...marks } }, ...spans]),
    story.logs(service, [
      ...INJECTIONS.map((text, index) => ({
        span: 1,
        at: index,
        severity: 17,
        body: text,
        attributes: { [text]: text, note: text },
      })),
      { at: 99, severity: 0, body: { [pick(7)]: INJECTIONS } },
    ]),
  ];
}
