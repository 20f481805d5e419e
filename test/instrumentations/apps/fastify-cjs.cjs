const { fastify } = require('fastify');

import('./fastify-scenarios.mjs').then(({ run }) => run(fastify));
