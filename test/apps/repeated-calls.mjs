// Real HTTP requests in a loop, and an agent whose tools are called with the same arguments again.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SpanKind, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('app');
const server = createServer((_request, response) => response.end('{}'));
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const origin = `http://127.0.0.1:${server.address().port}`;

function within(name, work) {
  return tracer.startActiveSpan(name, { kind: SpanKind.SERVER }, async (span) => {
    await work();
    span.end();
  });
}
const get = async (path) => (await fetch(origin + path)).text();

await within('each', async () => {
  for (let id = 1; id <= 6; id++) await get(`/users/${id}?secret=hunter-${id}`);
});
await within('once', async () => {
  for (const path of ['/users', '/orders', '/lines', '/shops', '/carts', '/prices']) await get(path);
});

// A start is recorded by the millisecond: tools of no time at all could not be put in order by a reader.
function tool(name, args) {
  const attributes = {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': name,
    'gen_ai.tool.call.arguments': JSON.stringify(args),
  };
  return tracer.startActiveSpan(`execute_tool ${name}`, { attributes }, async (span) => {
    await sleep(3);
    span.end();
  });
}
await within('agent', async () => {
  for (let i = 0; i < 4; i++) await tool('read_file', { path: 'a.txt' });
});
await within('careful agent', async () => {
  await tool('read_file', { path: 'a.txt' });
  await tool('write_file', { path: 'a.txt' });
  await tool('read_file', { path: 'a.txt' });
  await tool('read_file', { path: 'b.txt' });
});
server.close();
