import { expect, test } from 'vitest';
import { type Selected, selectTrace, type Wanted } from '../../src/bundles/select/index.ts';
import { exceptionFingerprint } from '../../src/core/exception-fingerprint.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import type { LogRecord, Span } from '../../src/core/span.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { Story, type StoryLog, type StorySpan, type Values } from '../traces/otlp.ts';

const spans: Span[] = [];
const logs: LogRecord[] = [];
const idOf = (n: number): string => n.toString(16).padStart(32, 'b');

function add(n: number, atS: number, story: readonly StorySpan[], records: readonly StoryLog[] = []): void {
  const one = new Story(idOf(n), atS * 1000);
  spans.push(...decodeLine(one.spans({ 'service.name': 'shop' }, story)).spans);
  logs.push(...decodeLine(one.logs({ 'service.name': 'shop' }, records)).logs);
}

const request = (
  ms: number,
  path: string,
  rest: Partial<StorySpan> = {},
  attributes: Values = {},
): StorySpan => ({
  id: 1,
  name: `GET ${path}`,
  kind: 2,
  at: 0,
  ms,
  attributes: {
    'http.request.method': 'GET',
    'http.route': path,
    'url.path': path.replace(':id', '4711'),
    ...attributes,
  },
  ...rest,
});

const STACK = [
  'CardDeclined: card of order 4711 was declined by the bank',
  '    at charge (/srv/app/src/payments/charge.mjs:41:11)',
  '    at handle (/srv/app/src/payments/server.mjs:18:5)',
].join('\n');
const PRINT = exceptionFingerprint(
  { type: 'CardDeclined', stack: STACK, spanName: '' },
  () => 'src/payments/charge.mjs',
);
const thrown = (type: string, message: string): Partial<StorySpan> => ({
  error: message,
  events: [
    { name: 'exception', at: 1, attributes: { 'exception.type': type, 'exception.message': message } },
  ],
});

for (let n = 1; n <= 9; n += 1) add(n, -60 * n, [request(10 + n, '/orders')]);
add(20, -30, [request(900, '/orders')]);
spans[spans.length - 1] = { ...(spans.at(-1) as Span), spanId: '5ca1ab1e5ca1ab1e' };
add(30, -1000, [
  request(50, '/checkout/:id', thrown('CardDeclined', 'card of order 4711 was declined by the bank'), {
    'agentlog.exception.fingerprint': PRINT,
    'http.response.status_code': 502,
  }),
]);
add(31, -10, [
  request(
    50,
    '/checkout/:id',
    thrown('TypeError', "Cannot read properties of undefined (reading 'percent')"),
  ),
]);
add(
  40,
  -5,
  [request(5, '/health', {}, { 'user.tier': 'gold', 'retry.count': 3 })],
  [{ span: 1, at: 1, severity: 9, body: 'the coupon SUMMER-2026 of basket 99817 is unknown' }],
);
add(
  50,
  -2000,
  [request(5, '/quiet')],
  [{ span: 1, at: 1, severity: 17, body: 'x', attributes: { 'exception.type': 'QueueFull' } }],
);

const source = new MemorySource(spans, logs);
const select = (wanted: Wanted): Promise<Selected> => selectTrace(source, wanted);
const chosen = async (wanted: Wanted): Promise<number> =>
  Number.parseInt((await select(wanted)).traceId.replace(/^b+/, ''), 16);

test('select: the last is the newest failed trace, and the window counts', async () => {
  expect(await chosen({})).toBe(31);
  const first = spans.find(({ traceId }) => traceId === idOf(31))?.startTimeUnixNano ?? 0n;
  expect(await chosen({ untilUnixNano: first })).toBe(30);
  await expect(select({ sinceUnixNano: first + 10n ** 15n })).rejects.toMatchObject({
    code: 'TRACE_NOT_FOUND',
  });
});

test('select: in a window without a failure it is the slowest trace', async () => {
  const quick = new Story(idOf(1));
  const slow = new Story(idOf(2));
  const request = (ms: number): StorySpan[] => [{ id: 1, name: 'GET', kind: 2, at: 0, ms }];
  const lines = [quick.spans({}, request(5)), slow.spans({}, request(50))];
  const calm = new MemorySource(lines.flatMap((line) => decodeLine(line).spans));
  const { traceId, selection } = await selectTrace(calm, { sinceUnixNano: 1n });
  expect([traceId, selection.by]).toEqual([idOf(2), 'window']);
  await expect(selectTrace(calm, {})).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' });
});

test('select: an error that only a later log record tells is the last one, an older trace’s late record is not', async () => {
  const failed = new Story(idOf(1));
  const crashed = new Story(idOf(2), 1_000);
  const telemetry = (lines: readonly string[], logs: readonly string[]): MemorySource =>
    new MemorySource(
      lines.flatMap((line) => decodeLine(line).spans),
      logs.flatMap((line) => decodeLine(line).logs),
    );
  const spans = [
    failed.spans({}, [{ id: 1, name: 'GET', kind: 2, at: 0, ms: 5, error: 'x' }]),
    crashed.spans({}, [{ id: 1, name: 'GET', kind: 2, at: 0, ms: 5 }]),
  ];
  const fatal = crashed.logs({}, [{ span: 1, at: 9, severity: 21, body: 'uncaught exception' }]);
  expect((await selectTrace(telemetry(spans, [fatal]), {})).traceId).toBe(idOf(2));
  const warning = crashed.logs({}, [{ span: 1, at: 9, severity: 13, body: 'slow' }]);
  expect((await selectTrace(telemetry(spans, [warning]), {})).traceId).toBe(idOf(1));
});

test('select: where only records outside of traces tell of errors, that is said, and how to see them', async () => {
  const job = new Story(idOf(1));
  const { logs } = decodeLine(job.logs({}, [{ span: 1, at: 9, severity: 17, body: 'job failed' }]));
  const outside = logs.map(({ traceId: _, spanId: __, ...log }) => log);
  await expect(selectTrace(new MemorySource([], outside), {})).rejects.toThrow(
    /a log record of an error is outside of any trace: `agentlog-otel logs --severity error`/,
  );
  await expect(selectTrace(new MemorySource([], [...outside, ...outside]), {})).rejects.toThrow(
    /2 log records/,
  );
  await expect(selectTrace(new MemorySource([], []), {})).rejects.toThrow(/looks for what is wrong\.$/);
});

test('select: by span id, fingerprint, type, also of an error that only a log record tells', async () => {
  expect(await chosen({ spanId: '5ca1ab1e5ca1ab1e' })).toBe(20);
  expect(await chosen({ error: PRINT })).toBe(30);
  expect(await chosen({ error: 'TypeError' })).toBe(31);
  expect(await chosen({ error: 'QueueFull' })).toBe(50);
  await expect(select({ error: 'NoSuch' })).rejects.toThrow(/traces --errors/);
  await expect(select({ spanId: 'xyz' })).rejects.toMatchObject({ code: 'USAGE' });
});

test('select: by attributes and by words, together when both are given', async () => {
  expect(await chosen({ attributes: [{ key: 'user.tier', op: 'equals', value: 'gold' }] })).toBe(40);
  expect(await chosen({ query: 'coupon SUMMER-2026' })).toBe(40);
  expect(await chosen({ query: 'declined bank', attributes: [{ key: 'http.route', op: 'exists' }] })).toBe(
    30,
  );
  await expect(
    select({ query: 'declined', attributes: [{ key: 'user.tier', op: 'exists' }] }),
  ).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' });
});

test('select: of a route the newest failed request, else the slowest, beside a typical one', async () => {
  const orders = await select({ route: 'GET /orders' });
  expect(orders.traceId).toBe(idOf(20));
  expect(orders.selection.typicalTraceId).toBe(idOf(4));
  expect(orders.selection.reasons[0]?.what).toContain('slowest of 10');
  const checkout = await select({ route: '/checkout/:id' });
  expect(checkout.traceId).toBe(idOf(31));
  expect(checkout.selection.reasons[0]?.what).toContain('newest of 2 failed');
  await expect(select({ route: '/checkout/4711' })).rejects.toThrow(/not as a URL/);
});

test.each<[string, string, number, string]>([
  [
    'a stack of another checkout',
    STACK.replaceAll('/srv/app/', '/home/me/shop/'),
    30,
    'exception fingerprint',
  ],
  ['a stack out of JSON', JSON.stringify({ err: { stack: STACK } }), 30, 'message'],
  [
    'a log line',
    '[10:00:01] ERROR: CardDeclined: card of order 4711 was declined by the bank',
    30,
    'message',
  ],
  [
    'a message with other numbers',
    'CardDeclined: card of order 99 was declined by the bank',
    30,
    'message without its numbers',
  ],
  [
    'an error of the engine',
    "TypeError: Cannot read properties of undefined (reading 'percent')\n    at x (/a/b.js:1:1)",
    31,
    'message',
  ],
  ['a URL', 'It breaks on https://shop.example/checkout/4711?x=1, always with a 502.', 30, 'HTTP status'],
  ['a ticket', 'Customer says the coupon SUMMER-2026 does not work for basket 99817', 40, 'id'],
  ['a fingerprint', `error ${PRINT} again`, 30, 'exception fingerprint'],
  ['a traceparent', `traceparent: 00-${idOf(7)}-0123456789abcdef-01`, 7, 'names its id'],
])('select: the text of %s leads to its trace and says why', async (_label, text, expected, why) => {
  const { traceId, selection } = await select({ text });
  expect(traceId).toBe(idOf(expected));
  expect(selection.reasons.map(({ what }) => what).join('\n')).toContain(why);
});

test.each(['', '   \n', 'hello', 'the and with', '0'.repeat(32), '('.repeat(10_000), 'at '.repeat(30_000)])(
  'select: a text that says nothing finds nothing and says what to do: %#',
  async (text) => {
    await expect(select({ text })).rejects.toThrow(/--query/);
  },
);
