// A CommonJS app: an http server that calls itself once and ends.
const http = require('node:http');

const server = http.createServer((request, response) => {
  response.end(`you asked for ${request.url}`);
});

server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, path: '/hello?token=abc' }, (response) => {
    response.resume();
    response.on('end', () => {
      console.log(response.statusCode);
      server.close();
    });
  });
});
