/** Messages by field; what is not named here is no message. */
const FIELDS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  traces: { 1: 'spanGroup' },
  logs: { 1: 'logGroup' },
  spanGroup: { 1: 'resource', 2: 'spans' },
  logGroup: { 1: 'resource', 2: 'logRecords' },
  resource: { 1: 'keyValue' },
  spans: { 1: 'scope', 2: 'span' },
  logRecords: { 1: 'scope', 2: 'log' },
  scope: { 3: 'keyValue' },
  span: { 9: 'keyValue', 11: 'event', 13: 'link', 15: 'status' },
  log: { 5: 'value', 6: 'keyValue' },
  event: { 3: 'keyValue' },
  link: { 4: 'keyValue' },
  keyValue: { 2: 'value' },
  value: { 5: 'list', 6: 'map' },
  list: { 1: 'value' },
  map: { 1: 'keyValue' },
};

/** The fields of a request in protobuf, sorted by number and without those at their default: two requests that say the same give the same. */
export function wireDump(bytes: Uint8Array, message: string): unknown[] {
  const fields: [number, unknown][] = [];
  let at = 0;
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('cut off');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error('cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const [field, wire] = [key >> 3, key & 7];
    const inner = FIELDS[message]?.[field];
    const value =
      wire === 0
        ? varint()
        : wire === 1
          ? Buffer.from(take(8)).toString('hex')
          : wire === 5
            ? Buffer.from(take(4)).toString('hex')
            : inner === undefined
              ? Buffer.from(take(Number(varint()))).toString('hex')
              : wireDump(take(Number(varint())), inner);
    const isDefault =
      value === 0n ||
      value === '' ||
      (Array.isArray(value) && value.length === 0) ||
      /^0+$/.test(String(value));
    if (message === 'value' || message === 'list' || !isDefault) fields.push([field, value]);
  }
  return fields.sort((a, b) => a[0] - b[0]);
}
