/**
 * ClickHouse's HTTP interface over chDB, which is ClickHouse's engine as a library: `query` and `param_…` in the
 * address, a query or the rows of an INSERT in the body, ClickHouse's own errors with the status a server gives them.
 *
 *   CHDB=…/chdb/index.js DATA=<directory> PORT=<port> [PASSWORD=…] node clickhouse-server.ts
 *
 * With PASSWORD, only the user `otel` with this password gets an answer; SETTING is one of the engine for all statements.
 */
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface Session {
  queryAsync(sql: string, options: { format: string }): Promise<{ bytes(): Uint8Array }>;
  queryBindAsync(sql: string, values: object, options: { format: string }): Promise<{ bytes(): Uint8Array }>;
}

const { CHDB = '', DATA = '', PORT = '0', PASSWORD, SETTING } = process.env;
const chdb = createRequire(import.meta.url)(CHDB) as { Session: new (path: string) => Session };
const session = new chdb.Session(join(DATA, 'store'));
if (SETTING !== undefined) await session.queryAsync(`SET ${SETTING}`, { format: 'Null' });

/** The engine has one current database and one set of parameters: one statement at a time. */
let turn: Promise<unknown> = Promise.resolve();

createServer({ maxHeaderSize: 1024 * 1024 }, (request, response) => {
  answer(request, response).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    const [, code = '1001'] = /Code: (\d+)/.exec(message) ?? [];
    const status = code === '60' || code === '81' ? 404 : code === '516' ? 403 : 500;
    response.writeHead(status, { 'x-clickhouse-exception-code': code }).end(`${message}\n`);
  });
}).listen(Number(PORT), '127.0.0.1');

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (pathname === '/ping') {
    response.end('Ok.\n');
    return;
  }
  const wanted = `Basic ${Buffer.from(`otel:${PASSWORD}`).toString('base64')}`;
  if (PASSWORD !== undefined && request.headers.authorization !== wanted) {
    throw new Error('Code: 516. DB::Exception: default: Authentication failed. (AUTHENTICATION_FAILED)');
  }
  const inAddress = searchParams.get('query');
  const result = turn.then(() =>
    run(inAddress ?? body.toString('utf8'), inAddress === null ? undefined : body, searchParams),
  );
  turn = result.catch(() => undefined);
  const bytes = await result;
  response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=UTF-8' }).end(bytes);
}

async function run(sql: string, rows: Buffer | undefined, parameters: URLSearchParams): Promise<Uint8Array> {
  const format = parameters.get('default_format') ?? 'TabSeparated';
  const database = parameters.get('database') ?? 'default';
  await session.queryAsync(`USE \`${database.replaceAll('`', '')}\``, { format });
  const [, into, columns] = /^\s*INSERT INTO (\S+)\s*\(([^()]*)\)\s*FORMAT Native\s*$/i.exec(sql) ?? [];
  if (into !== undefined && rows !== undefined) return insert(into, columns ?? '', rows);
  const values = Object.fromEntries(
    [...parameters].flatMap(([name, value]) =>
      name.startsWith('param_') ? [[name.slice('param_'.length), unescaped(value)]] : [],
    ),
  );
  if (format === 'Native' && /^\s*(?:SELECT|DESC|DESCRIBE)\b/i.test(sql)) return nativeBlock(sql);
  const done =
    Object.keys(values).length === 0
      ? session.queryAsync(sql, { format })
      : session.queryBindAsync(sql, values, { format });
  return (await done).bytes();
}

/** Rows in ClickHouse's own format, as its client for Go sends them. */
async function insert(into: string, columns: string, rows: Buffer): Promise<Uint8Array> {
  const file = join(DATA, `${randomUUID()}.native`);
  writeFileSync(file, rows);
  try {
    await session.queryAsync(
      `INSERT INTO ${into} (${columns}) SELECT ${columns} FROM file('${file}', 'Native')`,
      {
        format: 'Null',
      },
    );
  } finally {
    rmSync(file);
  }
  return new Uint8Array();
}

/**
 * What the exporter asks for at its start (versions, columns), as its client for Go reads it: blocks of the protocol of
 * servers, which chDB does not write.
 */
async function nativeBlock(sql: string): Promise<Uint8Array> {
  const json = (await session.queryAsync(sql, { format: 'JSONCompact' })).bytes();
  const { meta, data } = JSON.parse(Buffer.from(json).toString('utf8')) as {
    meta: { name: string; type: string }[];
    data: unknown[][];
  };
  const parts: (number[] | Buffer)[] = [
    [1, 0, 2, 255, 255, 255, 255, 0],
    varint(meta.length),
    varint(data.length),
  ];
  const text = (value: string): void => void parts.push(varint(Buffer.byteLength(value)), Buffer.from(value));
  for (const [index, { name, type }] of meta.entries()) {
    text(name);
    text(type === 'UInt32' ? type : 'String');
    parts.push([0]);
    for (const row of data) {
      if (type !== 'UInt32') text(String(row[index]));
      else parts.push([0, 8, 16, 24].map((shift) => (Number(row[index]) >>> shift) & 255));
    }
  }
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

/** A parameter travels escaped as a field of TSV; chDB escapes what it is given once more. */
function unescaped(value: string): string {
  const names: Record<string, string> = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f', '0': '\0' };
  return value.replace(/\\([\s\S])/g, (_, character: string) => names[character] ?? character);
}
