// `client.mjs <1|2> <esm|cjs> <stdio|http> [modern]`: starts the server as a child process, asks it for one thing of each
// kind below one span, and prints what it got.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { CLIENT, load } from './library.mjs';

const [version, how, kind, era] = process.argv.slice(2);
const library = await load(how, CLIENT[version]);
const page = createServer((_req, res) => res.end('page')).listen(0, '127.0.0.1');
await new Promise((resolve) => page.once('listening', resolve));

const args = [fileURLToPath(new URL('server.mjs', import.meta.url)), version, how, kind];
const env = {
  ...process.env,
  PAGE_URL: `http://127.0.0.1:${page.address().port}/`,
  OTEL_SERVICE_NAME: 'server',
};
let child;
const transport = await connectTo();

async function connectTo() {
  if (kind === 'stdio') {
    return new library.StdioClientTransport({ command: process.execPath, args, env, stderr: 'inherit' });
  }
  child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = await new Promise((resolve) =>
    createInterface({ input: child.stdout }).once('line', (line) => resolve([line])),
  );
  return new library.StreamableHTTPClientTransport(new URL(url));
}

const client = new library.Client(
  { name: 'tests', version: '1.0.0' },
  // With `modern` the protocol of 2026, which has no requests from the server to the client.
  { capabilities: { sampling: {} }, ...(era === 'modern' && { versionNegotiation: { mode: 'auto' } }) },
);
const answerSampling = async () => ({
  role: 'assistant',
  model: 'none',
  content: { type: 'text', text: trace.getActiveSpan() === undefined ? 'no span' : 'a span' },
});
if (version === '1') client.setRequestHandler(library.CreateMessageRequestSchema, answerSampling);
else client.setRequestHandler('sampling/createMessage', answerSampling);
const seen = [];
const say = (what, value) => seen.push([what, value]);
const attempt = async (what, ask) => {
  try {
    say(what, await ask());
  } catch (error) {
    say(what, `${error.constructor.name}: ${error.message.replaceAll(/\d{4,}/g, '…')}`);
  }
};
const call = (name, options) => {
  const params = { name, arguments: { city: 'Oslo' } };
  return version === '1' ? client.callTool(params, undefined, options) : client.callTool(params, options);
};

await trace.getTracer('tests').startActiveSpan('agent', async (span) => {
  await client.connect(transport);
  await attempt('tools', async () => (await client.listTools()).tools.map(({ name }) => name));
  await attempt('get_weather', () => call('get_weather'));
  await attempt('fetch_page', () => call('fetch_page'));
  await attempt('complain', () => call('complain'));
  if (era !== 'modern') await attempt('ask_model', async () => (await call('ask_model')).content.length);
  await attempt('missing', async () => (await call('missing')).isError);
  await attempt('prompt', () => client.getPrompt({ name: 'greeting' }));
  await attempt('resource', () => client.readResource({ uri: 'file:///readme.md' }));
  await attempt('no resource', () => client.readResource({ uri: 'file:///none.md' }));
  await attempt('hang', () => call('hang', { timeout: 150 }));
  await attempt('abort', () => call('hang', { signal: AbortSignal.timeout(100) }));
  if (kind === 'stdio') await attempt('die', () => call('die'));
  span.setStatus({ code: SpanStatusCode.UNSET }).end();
});
await client.close();
if (child !== undefined) {
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  await ended;
}
page.close();
console.log(JSON.stringify(seen));
