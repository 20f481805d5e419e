// An app whose own hooks for the http instrumentation throw, in every place where it may give one, or reject when
// told so.
import { start } from '@agentlog/otel';

const boom = () => {
  const error = new Error('the hook broke');
  if (process.env.APP_HOOKS === 'reject') return Promise.reject(error);
  throw error;
};
start({
  instrumentations: {
    http: {
      requestHook: boom,
      responseHook: boom,
      applyCustomAttributesOnSpan: boom,
      // A promise is true, so one that rejects would ignore the request.
      ...(process.env.APP_HOOKS === 'reject'
        ? {}
        : { ignoreIncomingRequestHook: boom, ignoreOutgoingRequestHook: boom }),
      startIncomingSpanHook: boom,
      startOutgoingSpanHook: boom,
    },
  },
});

const { createServer, get } = await import('node:http');
const server = createServer((_, response) => response.end('fine')).listen(0, '127.0.0.1', () => {
  get({ port: server.address().port }, (response) => {
    response.on('data', (chunk) => console.log(String(chunk)));
    response.on('end', () => server.close());
  });
});
