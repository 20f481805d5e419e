// A small service; prints what its clients saw.
export async function run(fastify) {
  const app = fastify();
  app.get('/items/:id', async (request) => ({ id: request.params.id }));
  app.get('/fails', async () => {
    throw new Error('the till is stuck');
  });
  app.get('/refuses', async () => {
    throw Object.assign(new Error('not yours'), { statusCode: 403 });
  });
  app.register(async (child) => {
    child.setErrorHandler((error, _request, reply) => reply.code(500).send({ sorry: error.message }));
    child.addHook('preHandler', async () => {
      throw Object.assign(new Error('no stock'), { code: 'E_STOCK' });
    });
    child.get('/handled/:sku', async () => 'never');
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  for (const path of ['/items/7', '/fails', '/refuses', '/handled/9', '/nowhere']) {
    const response = await fetch(url + path);
    console.log(path, response.status, await response.text());
  }
  await app.close();
}
