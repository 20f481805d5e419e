import { crc32 } from 'node:zlib';

const VERSION = 1;
/** Hex digits of a trace id that a sidecar keeps: as many as the shortest prefix that can be asked for. */
const KEPT_DIGITS = 8;

/** What a sealed file holds, so that a lookup need not open it. */
export interface Sidecar {
  /** Of the sealed file it belongs to: with another size it is another file's. */
  readonly sealedBytes: number;
  /** Before compression. */
  readonly plainBytes: number;
  readonly lineCount: number;
  /** Spans or log records, whichever the file is of; of metrics 0. */
  readonly recordCount: number;
  /** Names of the services that wrote it; at most 20. */
  readonly services: readonly string[];
  /** Attributes, events and links that the SDK dropped at its limits. */
  readonly droppedCount: number;
  /** When the first and the last one began; absent without records. */
  readonly oldestUnixNano?: bigint;
  readonly newestUnixNano?: bigint;
  /** The first 8 hex digits of every trace id in the file as a number, in any order, some twice; absent when there were too many. */
  readonly traceIds?: Uint32Array;
}

/** Two lines: JSON, and its checksum. */
export function writeSidecar({ oldestUnixNano, newestUnixNano, traceIds, ...counts }: Sidecar): string {
  const json = JSON.stringify({
    version: VERSION,
    ...counts,
    ...(oldestUnixNano !== undefined && { oldestUnixNano: String(oldestUnixNano) }),
    ...(newestUnixNano !== undefined && { newestUnixNano: String(newestUnixNano) }),
    ...(traceIds && { traceIds: base64Of(traceIds) }),
  });
  return `${json}\n${checksum(json)}\n`;
}

/** Undefined unless every byte of it is as it was written, and by a version that is known: a wrong one would hide traces. */
export function readSidecar(text: string): Sidecar | undefined {
  const [json = '', sum, ...rest] = text.split('\n');
  if (sum !== checksum(json) || rest.join('') !== '') return undefined;
  try {
    const { version, oldestUnixNano, newestUnixNano, traceIds, ...counts } = JSON.parse(json);
    if (version !== VERSION) return undefined;
    return {
      ...counts,
      ...(oldestUnixNano !== undefined && { oldestUnixNano: BigInt(oldestUnixNano) }),
      ...(newestUnixNano !== undefined && { newestUnixNano: BigInt(newestUnixNano) }),
      ...(traceIds !== undefined && { traceIds: numbersOf(traceIds) }),
    };
  } catch {
    return undefined;
  }
}

/** Whether a file may hold a trace whose id begins with this, of at least 8 lower-case hex digits. */
export function mayHoldTrace({ traceIds }: Sidecar, prefix: string): boolean {
  if (traceIds === undefined || prefix.length < KEPT_DIGITS) return true;
  return traceIds.includes(Number.parseInt(prefix.slice(0, KEPT_DIGITS), 16));
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

/** Little-endian, whatever the machine. */
function base64Of(numbers: Uint32Array): string {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (let index = 0; index < numbers.length; index += 1) {
    bytes.writeUInt32LE(numbers[index] as number, index * 4);
  }
  return bytes.toString('base64');
}

function numbersOf(base64: string): Uint32Array {
  const bytes = Buffer.from(base64, 'base64');
  return Uint32Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readUInt32LE(index * 4));
}
