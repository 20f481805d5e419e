// An ESM app: express, a named import of node:http, and a logger of the OpenTelemetry API.
import { get } from 'node:http';
import { logs, trace } from '@opentelemetry/api';
import express from 'express';

const app = express();
app.get('/hello/:name', (request, response) => {
  logs.getLogger('app').emit({ body: `hello ${request.params.name}`, severityNumber: 9 });
  response.send(trace.getActiveSpan()?.spanContext().traceId ?? 'no trace');
});

const server = app.listen(0, '127.0.0.1', () => {
  get({ port: server.address().port, path: '/hello/ada' }, (response) => {
    let body = '';
    response.on('data', (chunk) => {
      body += chunk;
    });
    response.on('end', () => {
      console.log(body);
      server.close();
    });
  });
});
