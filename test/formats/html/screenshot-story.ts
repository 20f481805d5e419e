import { Story } from '../../traces/otlp.ts';

const SHOP = { 'service.name': 'shop', 'service.version': '2.8.1' };
const PAYMENTS = { 'service.name': 'payments', 'service.version': '1.12.0' };
const STOCK = 'SELECT sku, on_hand FROM stock WHERE sku = $1';

/** The story of the README's picture: a checkout with an N+1, a model call, and a card that is declined elsewhere. */
export function screenshotStory(): { story: Story; lines: string[] } {
  const story = new Story('7d3c9a1e5b8f42069e1d4c7ab3f05182');
  const query = (id: number, name: string, at: number, ms: number, text: string, signature: string) => ({
    id,
    parent: 2,
    name,
    kind: 3,
    at,
    ms,
    attributes: { 'db.system.name': 'postgresql', 'db.query.text': text, 'agentlog.db.signature': signature },
  });
  const message = 'issuer declined card [REDACTED:card-number]';
  const stack = [
    `CardDeclined: ${message}`,
    '    at parseAnswer (/srv/payments/node_modules/acquirer/index.js:20:11)',
    '    at charge (/srv/payments/src/charge.ts:41:11)',
    '    at handle (/srv/payments/src/server.ts:18:5)',
  ].join('\n');
  const exception = {
    'exception.type': 'CardDeclined',
    'exception.message': message,
    'exception.stacktrace': stack,
  };
  const http = (route: string, status: number) => ({
    'http.request.method': 'POST',
    'http.route': route,
    'url.path': route,
    'http.response.status_code': status,
  });
  const stock = Array.from({ length: 18 }, (_, index) =>
    query(20 + index, 'SELECT stock', 40 + index * 8.6, 6.2 + (index % 3), STOCK, '5d41402abc4b2a76'),
  );
  const shop = story.spans(SHOP, [
    {
      id: 1,
      name: 'POST /checkout',
      kind: 2,
      at: 0,
      ms: 1284,
      error: true,
      attributes: http('/checkout', 502),
    },
    { id: 2, parent: 1, name: 'checkout', at: 4, ms: 1276, error: message },
    query(3, 'SELECT carts', 9, 5.4, 'SELECT id, owner FROM carts WHERE id = $1', '7d793037a0760186'),
    query(
      4,
      'SELECT cart_items',
      17,
      14,
      'SELECT sku, quantity FROM cart_items WHERE cart_id = $1',
      '2b00042f7481c7b0',
    ),
    ...stock,
    {
      id: 5,
      parent: 2,
      name: 'chat gpt-5-mini',
      kind: 3,
      at: 206,
      ms: 612,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-5-mini',
        'gen_ai.response.model': 'gpt-5-mini',
        'gen_ai.usage.input_tokens': 1840,
        'gen_ai.usage.output_tokens': 212,
        'gen_ai.response.finish_reasons': ['stop'],
        'agentlog.gen_ai.cost_usd': 0.000884,
      },
    },
    {
      id: 6,
      parent: 2,
      name: 'POST',
      kind: 3,
      at: 826,
      ms: 438,
      error: true,
      attributes: {
        'url.full': 'http://payments.internal/charge',
        'http.request.method': 'POST',
        'http.response.status_code': 502,
      },
    },
  ]);
  const payments = story.spans(PAYMENTS, [
    {
      id: 7,
      parent: 6,
      name: 'POST /charge',
      kind: 2,
      at: 832,
      ms: 428,
      error: true,
      attributes: http('/charge', 502),
    },
    {
      id: 8,
      parent: 7,
      name: 'charge card',
      at: 838,
      ms: 416,
      error: message,
      attributes: { 'agentlog.exception.fingerprint': '9b74c9897bac770f' },
      events: [{ name: 'exception', at: 1252, attributes: exception }],
    },
    {
      id: 9,
      parent: 8,
      name: 'POST',
      kind: 3,
      at: 846,
      ms: 398,
      attributes: {
        'url.full': 'https://acquirer.example/v2/charges',
        'http.request.method': 'POST',
        'http.response.status_code': 402,
      },
    },
  ]);
  const logs = [
    story.logs(SHOP, [
      { span: 2, at: 6, severity: 9, body: 'checkout begins', attributes: { cart: 4711 } },
      { span: 2, at: 200, severity: 13, body: 'stock checked one by one', attributes: { items: 18 } },
      { span: 1, at: 1281, severity: 17, body: 'checkout failed', attributes: { status: 502 } },
    ]),
    story.logs(PAYMENTS, [
      { span: 8, at: 1253, severity: 17, body: 'charge declined', attributes: { attempt: 1 } },
    ]),
  ];
  return { story, lines: [shop, payments, ...logs] };
}
