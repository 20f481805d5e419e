import fastify from 'fastify';
import { run } from './fastify-scenarios.mjs';

await run(fastify);
