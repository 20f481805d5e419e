import type { InstrumentationMember } from './instrumentation.ts';
import { redisStatement } from './redis-statement.ts';

function row(
  name: string,
  exportName: string,
  libraries: readonly string[],
  config?: Readonly<Record<string, unknown>>,
): InstrumentationMember {
  const member = { name, libraries, module: `@opentelemetry/instrumentation-${name}`, exportName };
  return config === undefined ? member : { ...member, config };
}

function outsideLambda(): string | undefined {
  if (process.env.AWS_LAMBDA_FUNCTION_NAME && process.env._HANDLER) return undefined;
  return 'not in AWS Lambda: AWS_LAMBDA_FUNCTION_NAME and _HANDLER are not both set';
}

/**
 * The instrumentations of OpenTelemetry that we carry, a row each: name, class, libraries, our defaults.
 *
 * All of this train (0.300) emit only the stable names of the database and HTTP conventions; none reads
 * `OTEL_SEMCONV_STABILITY_OPT_IN`. RPC (grpc, aws-sdk) and messaging in amqplib and socket.io still have
 * older names, with no way to choose. `fs`, `dns` and `net` are not carried: noise for whoever reads a trace.
 */
export const upstream: readonly InstrumentationMember[] = [
  {
    ...row('http', 'HttpInstrumentation', []),
    extendedBy: './http',
    hooks: { module: './genai-http/hooks', exportName: 'httpHooks' },
  },
  {
    ...row('undici', 'UndiciInstrumentation', []),
    hooks: { module: './genai-http/hooks', exportName: 'undiciHooks' },
    addsUp: true,
  },
  { ...row('runtime-node', 'RuntimeNodeInstrumentation', []), startsLate: true, addsUp: true },
  row('express', 'ExpressInstrumentation', ['express']),
  row('koa', 'KoaInstrumentation', ['koa']),
  row('hapi', 'HapiInstrumentation', ['@hapi/hapi']),
  {
    ...row('nestjs-core', 'NestInstrumentation', ['@nestjs/core']),
    extendedBy: './nestjs',
    specifiers: ['nest-factory.js', 'router/router-execution-context.js'].map(
      (file) => `node_modules/@nestjs/core/${file}`,
    ),
  },
  // Without these two a list of a thousand items makes a span for each field of each item.
  row('graphql', 'GraphQLInstrumentation', ['graphql'], {
    ignoreTrivialResolveSpans: true,
    mergeItems: true,
  }),
  row('grpc', 'GrpcInstrumentation', ['@grpc/grpc-js']),
  { ...row('pg', 'PgInstrumentation', ['pg', 'pg-pool']), extendedBy: './pg' },
  row('mysql', 'MySQLInstrumentation', ['mysql']),
  row('mysql2', 'MySQL2Instrumentation', ['mysql2']),
  // Its statements hold the shape of a command with every value as `?`.
  row('mongodb', 'MongoDBInstrumentation', ['mongodb', 'mongoose']),
  row('mongoose', 'MongooseInstrumentation', ['mongoose']),
  row('redis', 'RedisInstrumentation', ['redis', '@redis/client', '@node-redis/client'], {
    dbStatementSerializer: redisStatement,
  }),
  // Upstream's default, a span only below another, stays: queues on ioredis poll all day.
  row('ioredis', 'IORedisInstrumentation', ['ioredis'], { dbStatementSerializer: redisStatement }),
  row('memcached', 'MemcachedInstrumentation', ['memcached']),
  row('knex', 'KnexInstrumentation', ['knex']),
  row('tedious', 'TediousInstrumentation', ['tedious']),
  // Without it no query text at all; parameters are not in it, and literals are masked with all other SQL.
  row('cassandra-driver', 'CassandraDriverInstrumentation', ['cassandra-driver'], {
    enhancedDatabaseReporting: true,
  }),
  row('kafkajs', 'KafkaJsInstrumentation', ['kafkajs']),
  row('amqplib', 'AmqplibInstrumentation', ['amqplib']),
  {
    ...row('aws-sdk', 'AwsInstrumentation', [
      '@smithy/core',
      '@smithy/smithy-client',
      '@smithy/middleware-stack',
      '@aws-sdk/smithy-client',
      '@aws-sdk/middleware-stack',
    ]),
    hooks: { module: './bedrock', exportName: 'bedrockHooks' },
  },
  { ...row('aws-lambda', 'AwsLambdaInstrumentation', []), unavailable: outsideLambda },
  row('socket.io', 'SocketIoInstrumentation', ['socket.io']),
  row('dataloader', 'DataloaderInstrumentation', ['dataloader']),
  row('pino', 'PinoInstrumentation', ['pino']),
  // Trace ids in the app's own log lines; the records themselves are sent by `winston-transport`.
  row('winston', 'WinstonInstrumentation', ['winston'], { disableLogSending: true }),
];
