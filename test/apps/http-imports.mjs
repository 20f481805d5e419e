// A request through every way to import the client.

import * as namespace from 'node:http';
import http, { createServer, get, request } from 'node:http';
// biome-ignore lint/style/useNodejsImportProtocol: the old name is one of the ways.
import { get as bare } from 'http';

const server = createServer((_, response) => response.end());
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const ways = { named: get, bare, default: http.get, namespace: namespace.get, request };
  for (const [name, call] of Object.entries(ways)) {
    await new Promise((resolve) => {
      call({ port, path: `/${name}` }, (response) => response.resume().on('end', resolve)).end();
    });
  }
  server.close();
});
