import { crc32, inflateRawSync } from 'node:zlib';

/** The files of a zip by its central directory, each held to its size and checksum; throws for anything that is off. */
export function readZip(zip: Buffer): Map<string, Buffer> {
  const end = zip.length - 22;
  if (zip.readUInt32LE(end) !== 0x06054b50) throw new Error('no end of central directory');
  const files = new Map<string, Buffer>();
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (zip.readUInt32LE(at) !== 0x02014b50) throw new Error('no central header');
    const [checksum, packedSize, size] = [16, 20, 24].map((field) => zip.readUInt32LE(at + field));
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    if (zip.readUInt32LE(local) !== 0x04034b50) throw new Error('no local header');
    if (zip.toString('utf8', local + 30, local + 30 + nameLength) !== name) throw new Error('names differ');
    if (!zip.subarray(local + 6, local + 28).equals(zip.subarray(at + 8, at + 30)))
      throw new Error('headers differ');
    const from = local + 30 + nameLength;
    const content = inflateRawSync(zip.subarray(from, from + (packedSize ?? 0)));
    if (content.byteLength !== size || crc32(content) !== checksum) throw new Error(`${name} is damaged`);
    files.set(name, content);
    at += 46 + nameLength;
  }
  if (at !== end) throw new Error('something stands between the directory and its end');
  return files;
}
