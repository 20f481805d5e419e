// `server.mjs <1|2> <esm|cjs> <stdio|http>`: an MCP server with tools that answer, fail, hang and ask back.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { load, SERVER } from './library.mjs';

const [version, how, kind] = process.argv.slice(2);
const library = await load(how, SERVER[version]);

function build() {
  const server = new library.McpServer({ name: 'weather', version: '1.0.0' });
  const shape = { city: z.string().optional() };
  const inputSchema = version === '1' ? shape : z.object(shape);
  const tool = (name, run) => server.registerTool(name, { description: name, inputSchema }, run);
  const text = (value) => ({ content: [{ type: 'text', text: value }] });
  tool('get_weather', async ({ city }) => text(`whisper: rain in ${city}`));
  tool('fetch_page', async () => text(String((await fetch(process.env.PAGE_URL)).status)));
  tool('complain', async () => ({ ...text('no such whisper'), isError: true }));
  tool('hang', () => new Promise(() => {}));
  tool('die', () => process.exit(3));
  tool('ask_model', async (_args, extra) => {
    const params = {
      messages: [{ role: 'user', content: { type: 'text', text: 'whisper?' } }],
      maxTokens: 9,
    };
    const id = extra.requestId ?? extra.mcpReq.id;
    const answer = await server.server.createMessage(params, { relatedRequestId: id });
    return text(answer.content.text);
  });
  server.registerPrompt('greeting', { description: 'greets' }, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: 'whisper' } }],
  }));
  server.registerResource('readme', 'file:///readme.md', {}, () => ({
    contents: [{ uri: 'file:///readme.md', text: 'whisper' }],
  }));
  return server;
}

if (kind === 'stdio') {
  if (version === '2') library.serveStdio(() => build());
  else await build().connect(new library.StdioServerTransport());
} else {
  const Transport = library.StreamableHTTPServerTransport ?? library.WebStandardStreamableHTTPServerTransport;
  const sessions = new Map();
  const http = createServer(async (req, res) => {
    let transport = sessions.get(req.headers['mcp-session-id']);
    if (transport === undefined) {
      transport = new Transport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (id) => sessions.set(id, transport),
      });
      await build().connect(transport);
    }
    if (version === '1') return transport.handleRequest(req, res);
    const { method, headers } = req;
    const body = method === 'POST' ? { body: Readable.toWeb(req), duplex: 'half' } : {};
    const answer = await transport.handleRequest(
      new Request(`http://${headers.host}${req.url}`, { method, headers, ...body }),
    );
    res.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body === null) return res.end();
    Readable.fromWeb(answer.body)
      .on('error', () => res.end())
      .pipe(res);
  });
  http.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${http.address().port}/mcp`));
  process.on('SIGTERM', () => process.exit(0));
}
