import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  CODE_FILE_PATH,
  CODE_FUNCTION_NAME,
  CODE_LINE_NUMBER,
  DB_QUERY_TEXT,
  DB_SYSTEM_NAME,
  HTTP_REQUEST_METHOD,
  OLD_DB_STATEMENT,
  OLD_DB_SYSTEM,
} from '../../src/core/attributes.ts';
import { currentStatement } from '../../src/core/current-statement.ts';
import type { CallSite } from '../../src/core/n-plus-one/index.ts';
import type { Options } from '../../src/core/options.ts';
import { type SourceLocation, sourceLocation } from '../../src/core/source-location.ts';
import type { Facts } from '../processor.ts';
import { captureCallSite } from './call-site.ts';

/** Whose places are looked for; `off` makes none of this. */
export type CallSiteMode = Exclude<Options['callSite'], 'off'>;

const MAX_PARENTS = 1000;
/** Calls share a counter when their hashes are equal in these bits; the trace that counted last has it. */
const COUNTERS = 4096;
/** A statement is told from others by its beginning. */
const COMPARED_CHARACTERS = 64;
/** Spans of taking a connection: `pg-pool.connect`, `pool.acquire`. */
const CONNECTS = /connect|acquire|checkout/i;

/**
 * Looks where database and HTTP-client spans are started, for those that may be part of a repeat: at the third call
 * with one statement of a trace and ever more rarely then; at each third call where the statement is not known yet.
 * A look costs about 14 µs, the counting 0.1 µs.
 *
 * A pool hands the query over in a callback, where the application is no longer on the stack; but the span of
 * taking the connection, a moment before and below the same parent, was started by it. So the last site below a
 * parent stands in.
 */
export class CallSites {
  private readonly mode: CallSiteMode;
  private readonly sites = new WeakMap<ReadableSpan, CallSite>();
  /** One site stands for all repeats of a call. */
  private readonly locations = new WeakMap<CallSite, SourceLocation>();
  private readonly lastBelow = new Map<string, CallSite>();
  private readonly connecting = new Counters();
  private readonly calls = new Counters();
  private traceId = '';
  private traceHash = 0;

  constructor(mode: CallSiteMode) {
    this.mode = mode;
  }

  /** To be called while the app is starting the span. */
  onStarting(span: ReadableSpan): void {
    if (span.kind !== SpanKind.CLIENT || !isCall(span)) return;
    const connects = CONNECTS.test(span.name);
    const parentId = span.parentSpanContext?.spanId ?? '';
    const connected = this.lastBelow.size === 0 ? undefined : this.lastBelow.get(parentId);
    const isWanted = this.mode === 'all' || (this.isTurn(span, connects) && connected === undefined);
    const here = isWanted ? captureCallSite() : undefined;
    const site = here ?? connected;
    if (site === undefined) return;
    this.sites.set(span, site);
    if (connected !== undefined) this.lastBelow.delete(parentId);
    else if (connects) {
      if (this.lastBelow.size >= MAX_PARENTS) this.lastBelow.clear();
      this.lastBelow.set(parentId, site);
    }
  }

  /** The taking of a connection and the statement behind it count as one call. */
  private isTurn(span: ReadableSpan, connects: boolean): boolean {
    const { name, attributes } = span;
    const trace = this.hashOf(span.spanContext().traceId);
    if (connects) this.connecting.add(trace, trace, 1);
    else if (this.connecting.add(trace, trace, -1) > 0) return false;
    const text = attributes[DB_QUERY_TEXT] ?? attributes[OLD_DB_STATEMENT] ?? currentStatement();
    if (typeof text !== 'string') return isTurnOfAny(this.calls.add(hash(name, trace), trace, 1));
    const start = text.length <= COMPARED_CHARACTERS ? text : text.slice(0, COMPARED_CHARACTERS);
    return isTurnOfOne(this.calls.add(hash(start, trace), trace, 1));
  }

  /** Calls of one trace mostly come in a row. */
  private hashOf(traceId: string): number {
    if (traceId !== this.traceId) {
      this.traceId = traceId;
      this.traceHash = hash(traceId.slice(-8), 0);
    }
    return this.traceHash;
  }

  /** Where this very span was started, when somebody looked. */
  siteOf(span: ReadableSpan): CallSite | undefined {
    return this.sites.get(span);
  }

  /** What is said of the span: its own site when all are asked for, else that of the repeat it belongs to. */
  saidOf(span: ReadableSpan, ofRepeat: CallSite | undefined): CallSite | undefined {
    return this.mode === 'all' ? (this.siteOf(span) ?? ofRepeat) : ofRepeat;
  }

  /** Writes the place a call was made at; what the instrumentation knew itself is kept. */
  setFacts(span: ReadableSpan, site: CallSite, facts: Facts): void {
    if (span.attributes[CODE_FILE_PATH] !== undefined) return;
    let location = this.locations.get(site);
    if (location === undefined) {
      location = sourceLocation(site.file, site.line, site.column);
      this.locations.set(site, location);
    }
    facts.set(CODE_FILE_PATH, location.file);
    facts.set(CODE_LINE_NUMBER, location.line);
    if (site.functionName !== undefined) facts.set(CODE_FUNCTION_NAME, site.functionName);
  }
}

/** 3, 6, 12, 24 …: the site of one call stands for the others, so later looks are for a first that met a callback. */
function isTurnOfOne(count: number): boolean {
  return count % 3 === 0 && Number.isInteger(Math.log2(count / 3));
}

/**
 * One of each three, and of loops of two or three calls not always the same one: 3, 4, 8, 12, 13, 17 … Of five in a
 * row one is among them.
 */
function isTurnOfAny(count: number): boolean {
  const round = Math.floor((count - 1) / 3);
  return (count - 1) % 3 === (round + 2) % 3;
}

/** Counts by hash, of whatever trace counted there last. */
class Counters {
  private readonly counts = new Uint16Array(COUNTERS);
  private readonly traces = new Uint32Array(COUNTERS);

  /** The larger of the count before and after; never below zero. */
  add(key: number, trace: number, step: 1 | -1): number {
    const at = key % COUNTERS;
    if (this.traces[at] !== trace) {
      this.traces[at] = trace;
      this.counts[at] = 0;
    }
    const count = this.counts[at] as number;
    const next = Math.max(0, Math.min(count + step, 0xffff));
    this.counts[at] = next;
    return Math.max(count, next);
  }
}

/** FNV-1a over UTF-16 units, 32 bits. */
function hash(text: string, seed: number): number {
  let value = (seed ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

function isCall({ attributes }: ReadableSpan): boolean {
  const system = attributes[DB_SYSTEM_NAME] ?? attributes[OLD_DB_SYSTEM];
  return (system ?? attributes[HTTP_REQUEST_METHOD] ?? attributes['http.method']) !== undefined;
}
