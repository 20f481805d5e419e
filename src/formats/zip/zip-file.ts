import { crc32, deflateRawSync } from 'node:zlib';
import { AgentlogError } from '../../core/errors.ts';

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
/** 2.0: deflate. */
const VERSION = 20;
/** File names are UTF-8. */
const UTF8_FLAG = 0x0800;
const DEFLATE = 8;
/** The first day that the format can tell: the same files give the same bytes. */
const DATE = (1 << 5) | 1;
/** Regular files of Unix, for their owner alone. */
const MADE_ON_UNIX = (3 << 8) | VERSION;
const ATTRIBUTES = (0o100600 << 16) >>> 0;
/** Larger ones need ZIP64. */
const MAX_BYTES = 0xffff_ffff;

/**
 * A zip archive of these files, in this order, each deflated. Names are relative paths with `/`.
 *
 * The same files give the same bytes. Everything is held in memory.
 * Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (6.3.10).
 * @throws AgentlogError OUTPUT_FAILED for more than 4 GiB.
 */
export function zipFile(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [path, content] of files) {
    const name = Buffer.from(path, 'utf8');
    const packed = deflateRawSync(content, { level: 9 });
    const about = fields([
      [VERSION, 2],
      [UTF8_FLAG, 2],
      [DEFLATE, 2],
      [0, 2],
      [DATE, 2],
      [crc32(content), 4],
      [packed.byteLength, 4],
      [content.byteLength, 4],
      [name.byteLength, 2],
      [0, 2],
    ]);
    const place = fields([
      [0, 2],
      [0, 2],
      [0, 2],
      [ATTRIBUTES, 4],
      [offset, 4],
    ]);
    const head = [fields([[LOCAL_HEADER, 4]]), about, name, packed];
    directory.push(fields([[CENTRAL_HEADER, 4]]), fields([[MADE_ON_UNIX, 2]]), about, place, name);
    parts.push(...head);
    offset += sizeOf(head);
    if (offset > MAX_BYTES || content.byteLength > MAX_BYTES) {
      throw new AgentlogError(
        'OUTPUT_FAILED',
        'The archive would be larger than 4 GiB. Use one format alone.',
      );
    }
  }
  const end = fields([
    [END_OF_DIRECTORY, 4],
    [0, 2],
    [0, 2],
    [files.size, 2],
    [files.size, 2],
    [sizeOf(directory), 4],
    [offset, 4],
    [0, 2],
  ]);
  return Buffer.concat([...parts, ...directory, end]);
}

/** Numbers in so many bytes each, little-endian. */
function fields(values: readonly (readonly [value: number, sizeBytes: 2 | 4])[]): Buffer {
  const buffer = Buffer.alloc(values.reduce((sum, [, size]) => sum + size, 0));
  let at = 0;
  for (const [value, size] of values) at = buffer.writeUIntLE(value, at, size);
  return buffer;
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, each) => sum + each.byteLength, 0);
}
