import { crc32, inflateRawSync } from 'node:zlib';
import { AgentlogError } from '../../core/errors.ts';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const COMMENT_LIMIT = 65_535;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
const ENTRY_LIMIT = 100;
/** Of all that is in it, unpacked. */
const SIZE_LIMIT = 256 * 1024 * 1024;

/**
 * The files of a zip archive by name, in memory. Only what a bundle needs: no encryption, no parts, no zip64; a name
 * that leads out of a folder, twice the same name, a wrong checksum or size, and more than 256 MiB are refused.
 * @throws AgentlogError STORE_UNREADABLE.
 */
export function readZip(bytes: Buffer, path: string): ReadonlyMap<string, Buffer> {
  const fail = (what: string): AgentlogError =>
    new AgentlogError(
      'STORE_UNREADABLE',
      `\`${path}\` was not imported: ${what}. Get it anew from where it was made.`,
    );
  try {
    return readEntries(bytes, fail);
  } catch (cause) {
    if (cause instanceof AgentlogError) throw cause;
    throw fail('the archive is damaged or cut off');
  }
}

function readEntries(bytes: Buffer, fail: (what: string) => AgentlogError): Map<string, Buffer> {
  const end = findEnd(bytes);
  if (end === undefined) throw fail('the archive is damaged or cut off');
  const count = bytes.readUInt16LE(end + 10);
  if (count > ENTRY_LIMIT) throw fail(`it holds more than ${ENTRY_LIMIT} files`);
  const files = new Map<string, Buffer>();
  let left = SIZE_LIMIT;
  let at = bytes.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (bytes.readUInt32LE(at) !== ENTRY) throw fail('the archive is damaged');
    const entry = readEntry(bytes, at);
    at = entry.nextAt;
    const { name, size } = entry;
    if (!isConfined(name)) throw fail('a name in it leads out of its folder');
    if (files.has(name)) throw fail('it holds a name twice');
    if (size > left) throw fail(`it is larger than ${SIZE_LIMIT / 1_048_576} MiB unpacked`);
    if ((entry.flags & ENCRYPTED) !== 0) throw fail('it is encrypted');
    if (entry.method !== STORED && entry.method !== DEFLATED)
      throw fail('it is packed in a way that is not known here');
    const content = contentOf(bytes, entry);
    if (content.length !== size || crc32(content) !== entry.crc) throw fail('a file in it is damaged');
    left -= size;
    files.set(name, content);
  }
  return files;
}

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly localAt: number;
  readonly nextAt: number;
}

function readEntry(bytes: Buffer, at: number): Entry {
  const nameLength = bytes.readUInt16LE(at + 28);
  const restLength = bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  return {
    flags: bytes.readUInt16LE(at + 8),
    method: bytes.readUInt16LE(at + 10),
    crc: bytes.readUInt32LE(at + 16),
    packedSize: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
    localAt: bytes.readUInt32LE(at + 42),
    name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
    nextAt: at + 46 + nameLength + restLength,
  };
}

function contentOf(bytes: Buffer, { method, packedSize, size, localAt }: Entry): Buffer {
  if (bytes.readUInt32LE(localAt) !== LOCAL) throw new RangeError('no entry there');
  const start = localAt + 30 + bytes.readUInt16LE(localAt + 26) + bytes.readUInt16LE(localAt + 28);
  const packed = bytes.subarray(start, start + packedSize);
  return method === STORED ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
}

/** The record at the end of the archive, behind which a comment may stand. */
function findEnd(bytes: Buffer): number | undefined {
  const first = Math.max(0, bytes.length - END_BYTES - COMMENT_LIMIT);
  for (let at = bytes.length - END_BYTES; at >= first; at--) {
    if (bytes.readUInt32LE(at) === END && at + END_BYTES + bytes.readUInt16LE(at + 20) === bytes.length)
      return at;
  }
  return undefined;
}

/** No absolute path, no way up, no drive, no backslash. */
function isConfined(name: string): boolean {
  return !/^\/|^[A-Za-z]:|\\/.test(name) && !name.includes('\0') && !name.split('/').includes('..');
}
