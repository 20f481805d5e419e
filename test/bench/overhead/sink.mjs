// An OTLP/HTTP sink that reads and forgets; a process of its own. Prints its port; `/count` says how much came.
import { createServer } from 'node:http';

let requests = 0;
let bytes = 0;
const server = createServer((request, response) => {
  if (request.url === '/count') {
    response.end(JSON.stringify({ requests, bytes }));
    return;
  }
  request.on('data', (chunk) => {
    bytes += chunk.length;
  });
  request.on('end', () => {
    requests++;
    response.writeHead(200, { 'content-type': request.headers['content-type'] }).end();
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
