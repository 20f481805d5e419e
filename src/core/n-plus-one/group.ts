import type { Call } from './call.ts';
import type { CallSite } from './call-site.ts';

const NONE: readonly string[] = [];

/** Calls of one signature below one span, summed up as they end. */
export class Group {
  readonly call: Call;
  readonly signature: string;
  readonly namespace: string;
  /** Where one of them was made, once somebody looked. */
  site: CallSite | undefined;
  next: Group | undefined;
  count = 0;
  durationMs = 0;
  /** The time at least one of them ran, in milliseconds. */
  busyMs = 0;
  firstStartMs = 0;
  lastEndMs = 0;
  /** All of them are known to be the very same call. */
  identical = true;
  /** How far below the span the deepest of them is, ended spans between not counted. */
  level = 1;
  spanIds: readonly string[] = NONE;

  constructor(call: Call) {
    this.call = call;
    this.signature = call.signature;
    this.namespace = call.namespace;
  }

  add(call: Call, spanId: string, startMs: number, endMs: number, maxSpanIds: number): void {
    if (call.identity === undefined || call.identity !== this.call.identity) this.identical = false;
    this.cover(startMs, endMs, endMs - startMs);
    this.count++;
    this.durationMs += endMs - startMs;
    if (this.spanIds.length < maxSpanIds) this.name(spanId);
  }

  merge(other: Group, maxSpanIds: number): void {
    if (!other.identical || other.call.identity !== this.call.identity) this.identical = false;
    this.site ??= other.site;
    this.cover(other.firstStartMs, other.lastEndMs, other.busyMs);
    this.count += other.count;
    this.durationMs += other.durationMs;
    if (other.level >= this.level) this.level = other.level + 1;
    for (const spanId of other.spanIds) if (this.spanIds.length < maxSpanIds) this.name(spanId);
  }

  private name(spanId: string): void {
    if (this.spanIds === NONE) this.spanIds = [spanId];
    else (this.spanIds as string[]).push(spanId);
  }

  /** Calls arrive in order of their end, so what begins before the last end overlaps by that much. */
  private cover(startMs: number, endMs: number, busyMs: number): void {
    if (this.count === 0) {
      this.firstStartMs = startMs;
      this.lastEndMs = endMs;
      this.busyMs = busyMs;
      return;
    }
    // OpenTelemetry's SDK for JavaScript knows the start to a millisecond only, and the end from there on: statements
    // in a row that take less all seem to begin at once.
    const grainMs = Number.isInteger(startMs) ? 1 : 0;
    const overlapMs = Math.min(this.lastEndMs, endMs) - Math.max(startMs, this.firstStartMs) - grainMs;
    const spanMs = endMs - startMs;
    this.busyMs += overlapMs > 0 && spanMs > 0 ? busyMs * (1 - Math.min(1, overlapMs / spanMs)) : busyMs;
    if (startMs < this.firstStartMs) this.firstStartMs = startMs;
    if (endMs > this.lastEndMs) this.lastEndMs = endMs;
  }
}
