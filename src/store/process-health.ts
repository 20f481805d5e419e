import { parseFileName } from '../core/layout.ts';
import { openBytes } from './bytes.ts';
import type { StoreFile } from './files.ts';
import { LineReader } from './lines.ts';

/** What was measured of a process by the collection next to an instant. Sums are of the time since the one before. */
export interface ProcessHealth {
  /** From the instant to the collection: negative when the process ended, or fell silent, before the next one. */
  readonly measuredAfterMs: number;
  /** At the instant. */
  readonly uptimeS?: number;
  readonly heapUsedBytes?: number;
  readonly residentBytes?: number;
  readonly eventLoopDelayP99Ms?: number;
  readonly eventLoopDelayMaxMs?: number;
  /** From 0 to 1. */
  readonly eventLoopUtilization?: number;
  /** From 0 to 1, of the time between two collections. */
  readonly gcShare?: number;
  /** Cores in use, of the time between two collections. */
  readonly cpuCores?: number;
}

/** The instant at which a trace ended, in one process. */
export interface HealthQuery {
  readonly pid: number;
  /** Its `service.name`: in another container another process has the same number. */
  readonly service: string;
  readonly atUnixNano: bigint;
}

/** A longer gap is no neighbourhood: collections come once a minute unless told otherwise. */
const NEAR_NANOS = 600_000_000_000n;
/** A file is at most an hour old when the next one is begun; one collection is about 20 KB. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 3;
const LINE_LIMIT_BYTES = 4 * 1024 * 1024;
const TIME = /"timeUnixNano":"?(\d{1,20})/;

/**
 * What the local metric files say of a process at an instant: of the first collection after it, since what that tells
 * (delays, time spent) is of the time up to it, else of the last one before. Undefined without any within ten minutes.
 * Reads at most three files of this process, 16 MiB in all. Never throws.
 */
export async function readProcessHealth(
  files: readonly StoreFile[],
  { pid, service, atUnixNano }: HealthQuery,
): Promise<ProcessHealth | undefined> {
  const lines = new NearestLines(atUnixNano, JSON.stringify(service));
  let bytes = 0;
  for (const file of metricFiles(files, pid, atUnixNano)) {
    bytes += file.sizeBytes;
    if (bytes > MAX_BYTES) break;
    await readLines(file, lines).catch(() => undefined);
  }
  try {
    return healthOf(lines, atUnixNano);
  } catch {
    return undefined;
  }
}

/** Of this process, begun before the instant or soon after; the newest first. */
function metricFiles(files: readonly StoreFile[], pid: number, atUnixNano: bigint): StoreFile[] {
  const atMs = Number((atUnixNano + NEAR_NANOS) / 1_000_000n);
  return files
    .filter(({ name, signal }) => {
      const parsed = signal === 'metrics' ? parseFileName(name) : undefined;
      return parsed !== undefined && parsed.pid === pid && parsed.startedAt.getTime() <= atMs;
    })
    .reverse()
    .slice(0, MAX_FILES);
}

/** The collection before an instant, and the one after it. */
class NearestLines {
  before: { readonly time: bigint; readonly text: string } | undefined;
  after: { readonly time: bigint; readonly text: string } | undefined;
  readonly #at: bigint;
  readonly #service: string;

  constructor(at: bigint, service: string) {
    this.#at = at;
    this.#service = service;
  }

  add(text: string): void {
    if (!text.includes(this.#service)) return;
    const time = BigInt(TIME.exec(text)?.[1] ?? 0);
    if (time < this.#at) {
      if (time > (this.before?.time ?? 0n) && this.#at - time <= NEAR_NANOS) this.before = { time, text };
    } else if ((this.after === undefined || time < this.after.time) && time - this.#at <= NEAR_NANOS) {
      this.after = { time, text };
    }
  }
}

async function readLines(file: StoreFile, lines: NearestLines): Promise<void> {
  const bytes = await openBytes(file.path);
  try {
    const reader = new LineReader(bytes, [Buffer.from('"nodejs.'), Buffer.from('"v8js.')], LINE_LIMIT_BYTES);
    for (let found = await reader.next(); found !== undefined; found = await reader.next()) {
      for (const line of found) {
        if (line.bytes !== undefined && !line.isUnfinished) lines.add(line.bytes.toString('utf8'));
      }
    }
  } finally {
    await bytes.close();
  }
}

interface Point {
  readonly asDouble?: number;
  readonly asInt?: string | number;
  /** Of a histogram. */
  readonly sum?: number;
}

function healthOf({ before, after }: NearestLines, at: bigint): ProcessHealth | undefined {
  const line = after ?? before;
  if (line === undefined) return undefined;
  const values = valuesOf(line.text);
  const earlier = after !== undefined && before !== undefined ? valuesOf(before.text) : undefined;
  const betweenS = before === undefined ? 0 : Number(line.time - before.time) / 1e9;
  const share = (name: string): number | undefined => {
    const [now, then] = [values.get(name), earlier?.get(name)];
    return now === undefined || then === undefined || betweenS <= 0
      ? undefined
      : Math.max(0, (now - then) / betweenS);
  };
  const afterMs = Number(line.time - at) / 1e6;
  const milliseconds = (name: string): number | undefined => {
    const seconds = values.get(name);
    return seconds === undefined ? undefined : seconds * 1_000;
  };
  const loopS = values.get('nodejs.eventloop.time');
  const known = {
    uptimeS: loopS === undefined ? undefined : Math.max(0, loopS - afterMs / 1_000),
    heapUsedBytes: values.get('v8js.memory.heap.used'),
    residentBytes: values.get('process.memory.usage'),
    eventLoopDelayP99Ms: milliseconds('nodejs.eventloop.delay.p99'),
    eventLoopDelayMaxMs: milliseconds('nodejs.eventloop.delay.max'),
    eventLoopUtilization: values.get('nodejs.eventloop.utilization'),
    gcShare: share('v8js.gc.duration'),
    cpuCores: share('process.cpu.time'),
  };
  const measured = Object.entries(known).filter(([, value]) => value !== undefined);
  return measured.length === 0 ? undefined : { measuredAfterMs: afterMs, ...Object.fromEntries(measured) };
}

/** The sum of each metric's points: of spaces of the heap, kinds of collections, modes of the CPU. */
function valuesOf(text: string): Map<string, number> {
  const values = new Map<string, number>();
  const request = JSON.parse(text) as {
    resourceMetrics?: { scopeMetrics?: { metrics?: Record<string, unknown>[] }[] }[];
  };
  for (const { scopeMetrics = [] } of request.resourceMetrics ?? []) {
    for (const { metrics = [] } of scopeMetrics) {
      for (const metric of metrics) {
        const data = (metric.gauge ?? metric.sum ?? metric.histogram) as { dataPoints?: Point[] } | undefined;
        const points = data?.dataPoints ?? [];
        if (typeof metric.name !== 'string' || points.length === 0) continue;
        const sum = points.reduce(
          (all, { asDouble, asInt, sum: total }) => all + Number(asDouble ?? asInt ?? total ?? 0),
          0,
        );
        if (Number.isFinite(sum)) values.set(metric.name, sum);
      }
    }
  }
  return values;
}
