// Requests whose client hangs up: before an answer, in the middle of one, and one that is answered.
import { createServer, get } from 'node:http';

const server = createServer((request, response) => {
  if (request.url === '/answered') response.end('ok');
  else if (request.url === '/streams') response.write('begin');
  // `/hangs` is never answered.
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));

const ask = (path) =>
  new Promise((resolve) => {
    const request = get({ port: server.address().port, path }, (response) => {
      response.once('data', () => path === '/streams' && request.destroy()).on('close', resolve);
      response.on('error', () => {});
    });
    request.on('error', resolve);
    if (path === '/hangs') setTimeout(() => request.destroy(), 50);
  });

for (const path of ['/answered', '/streams', '/hangs']) await ask(path);
server.close(() => console.log('done'));
server.closeAllConnections();
