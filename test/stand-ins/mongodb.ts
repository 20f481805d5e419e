import { createServer, type Socket } from 'node:net';
import { BSON, type Document } from 'bson';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

/** A server that speaks as much of MongoDB's wire protocol as a driver needs to insert, find and count. */
export interface MongoStandIn {
  readonly url: string;
  /** The commands it answered, in order, without those of connections and sessions. */
  readonly commands: readonly string[];
  close(): Promise<void>;
}

export async function startMongoStandIn(): Promise<MongoStandIn> {
  const database = new Database();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    let pending = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 4 && pending.length >= pending.readInt32LE(0)) {
        const length = pending.readInt32LE(0);
        socket.write(answer(pending.subarray(0, length), database));
        pending = pending.subarray(length);
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `mongodb://127.0.0.1:${port}/shop?directConnection=true`,
    commands: database.commands,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** The reply to one message: OP_QUERY (the first greeting) or OP_MSG (all others). */
function answer(message: Buffer, database: Database): Buffer {
  const requestId = message.readInt32LE(4);
  const opCode = message.readInt32LE(12);
  if (opCode === OP_QUERY) {
    const name = message.indexOf(0, 20);
    const body = BSON.serialize(database.run(BSON.deserialize(message.subarray(name + 9))));
    const head = Buffer.alloc(20);
    head.writeInt32LE(1, 16);
    return withHeader(requestId, OP_REPLY, Buffer.concat([head, body]));
  }
  const body = BSON.serialize(database.run(commandOf(message)));
  return withHeader(requestId, OP_MSG, Buffer.concat([Buffer.alloc(5), body]));
}

/** The document of an OP_MSG with its sequences of documents joined in. */
function commandOf(message: Buffer): Document {
  let command: Document = {};
  let at = 20;
  while (at < message.length) {
    const kind = message[at++];
    const size = message.readInt32LE(at);
    const end = at + size;
    if (kind === 0) command = { ...BSON.deserialize(message.subarray(at, end)), ...command };
    else {
      const nameEnd = message.indexOf(0, at + 4);
      const documents: Document[] = [];
      for (let i = nameEnd + 1; i < end; i += message.readInt32LE(i)) {
        documents.push(BSON.deserialize(message.subarray(i, i + message.readInt32LE(i))));
      }
      command[message.toString('utf8', at + 4, nameEnd)] = documents;
    }
    at = end;
  }
  return command;
}

function withHeader(requestId: number, opCode: number, body: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + body.length, 0);
  header.writeInt32LE(requestId, 8);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, body]);
}

/** Collections in memory; filters are equality and `$in`. */
class Database {
  readonly commands: string[] = [];
  private readonly collections = new Map<string, Document[]>();
  private readonly cursors = new Map<number, { readonly ns: string; readonly rest: Document[] }>();

  run(command: Document): Document {
    const name = Object.keys(command).find((key) => NAMES.has(key)) ?? 'unknown';
    if (!QUIET.has(name)) this.commands.push(name);
    const collection = this.collection(String(command[name]));
    const ns = `${command.$db}.${command[name]}`;
    switch (name) {
      case 'insert':
        collection.push(...command.documents);
        return { n: command.documents.length, ok: 1 };
      case 'find': {
        const found = collection.filter((each) => matches(each, command.filter));
        const asked = found.slice(0, command.limit || found.length);
        return this.open(ns, asked, command.batchSize ?? 101);
      }
      case 'aggregate':
        return this.open(ns, this.aggregate(collection, command.pipeline), command.cursor?.batchSize ?? 101);
      case 'getMore': {
        const id = Number(command.getMore);
        const cursor = this.cursors.get(id);
        const nextBatch = cursor?.rest.splice(0, command.batchSize ?? cursor.rest.length) ?? [];
        const isOver = (cursor?.rest.length ?? 0) === 0;
        return { cursor: { id: long(isOver ? 0 : id), ns: cursor?.ns, nextBatch }, ok: 1 };
      }
      case 'unknown':
        return { ok: 0, errmsg: `no such command: ${Object.keys(command)[0]}`, code: 59 };
      default:
        return { ...GREETING, localTime: new Date() };
    }
  }

  private collection(name: string): Document[] {
    const known = this.collections.get(name);
    if (known !== undefined) return known;
    const made: Document[] = [];
    this.collections.set(name, made);
    return made;
  }

  private open(ns: string, documents: Document[], batchSize: number): Document {
    const firstBatch = documents.splice(0, batchSize);
    const id = documents.length > 0 ? this.cursors.size + 1 : 0;
    if (id > 0) this.cursors.set(id, { ns, rest: documents });
    return { cursor: { id: long(id), ns, firstBatch }, ok: 1 };
  }

  private aggregate(collection: Document[], pipeline: Document[]): Document[] {
    let result = collection;
    for (const stage of pipeline) {
      if (stage.$match) result = result.filter((each) => matches(each, stage.$match));
      else if (stage.$group) result = result.length > 0 ? [{ _id: 1, n: result.length }] : [];
    }
    return [...result];
  }
}

const QUIET = new Set(['hello', 'ismaster', 'isMaster', 'ping', 'endSessions', 'killCursors', 'buildInfo']);
const NAMES = new Set([...QUIET, 'insert', 'find', 'aggregate', 'getMore']);
const GREETING = {
  helloOk: true,
  ismaster: true,
  isWritablePrimary: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  logicalSessionTimeoutMinutes: 30,
  minWireVersion: 0,
  maxWireVersion: 25,
  readOnly: false,
  ok: 1,
};

function long(value: number): InstanceType<typeof BSON.Long> {
  return BSON.Long.fromNumber(value);
}

function matches(document: Document, filter: Document | undefined): boolean {
  return Object.entries(filter ?? {}).every(([key, wanted]) =>
    Array.isArray(wanted?.$in)
      ? wanted.$in.some((each: unknown) => same(document[key], each))
      : same(document[key], wanted),
  );
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
