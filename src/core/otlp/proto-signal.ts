import type { Signal } from '../layout.ts';
import { ProtoReader } from './proto-reader.ts';

/**
 * Which signal a request holds, by the shape of its first record: a span begins with an id of 16 bytes, a log record
 * has its time there, a metric its name. Undefined for a request without records and for what is no request.
 */
export function signalOfProto(bytes: Uint8Array): Signal | undefined {
  try {
    const record = firstRecord(ProtoReader.of(bytes), 3);
    if (record === undefined) return undefined;
    return signalOfRecord(record);
  } catch {
    return undefined;
  }
}

/** Down the lists: request (1) → group (2) → scope (2) → record. */
function firstRecord(reader: ProtoReader, depth: number): ProtoReader | undefined {
  if (depth === 0) return reader;
  while (reader.next()) {
    if (reader.field !== (depth === 3 ? 1 : 2)) continue;
    const found = firstRecord(reader.message(), depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function signalOfRecord(record: ProtoReader): Signal | undefined {
  const lengths: number[] = [];
  let isMetric = false;
  while (record.next()) {
    const { field } = record;
    if (!record.isLengthDelimited) {
      if (field === 1 || field === 2 || field === 11) return 'logs';
      if (field === 7) return 'traces';
    } else if (field === 1 || field === 2) lengths[field] = record.bytes().length;
    else if (field === 7) isMetric = true;
  }
  const hasIds = lengths[1] === 16 && lengths[2] === 8;
  return hasIds && !isMetric ? 'traces' : lengths[1] === undefined ? undefined : 'metrics';
}
