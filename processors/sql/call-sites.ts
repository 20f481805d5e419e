import { type SpanContext, SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  CODE_FILE_PATH,
  CODE_FUNCTION_NAME,
  CODE_LINE_NUMBER,
  DB_SYSTEM_NAME,
  HTTP_REQUEST_METHOD,
  OLD_DB_SYSTEM,
} from '../../src/core/attributes.ts';
import type { CallSite } from '../../src/core/n-plus-one/index.ts';
import type { Options } from '../../src/core/options.ts';
import { type SourceLocation, sourceLocation } from '../../src/core/source-location.ts';
import type { Facts } from '../processor.ts';
import { captureCallSite } from './call-site.ts';

const MAX_PARENTS = 1000;
/** Every so many calls of a trace the tracker is asked: of five repeats one is, from the third on. */
const ASK_EVERY = 3;
/** Traces share a counter when the ends of their ids are equal. */
const COUNTERS = 4096;
/** Spans of taking a connection: `pg-pool.connect`, `pool.acquire`. */
const CONNECTS = /connect|acquire|checkout/i;

/**
 * Looks where database and HTTP-client spans are started, for those that may be part of a repeat.
 *
 * A pool hands the query over in a callback, where the application is no longer on the stack; but the span of
 * taking the connection, a moment before and below the same parent, was started by it. So the last site below a
 * parent stands in.
 */
export class CallSites {
  private readonly mode: Options['callSite'];
  private readonly wantsSite: (parent: SpanContext | undefined) => boolean;
  private readonly sites = new WeakMap<ReadableSpan, CallSite>();
  /** One site stands for all repeats of a call. */
  private readonly locations = new WeakMap<CallSite, SourceLocation>();
  private readonly lastBelow = new Map<string, CallSite>();
  private readonly calls = new Uint8Array(COUNTERS);
  private readonly connecting = new Uint8Array(COUNTERS);

  /** `wantsSite` says whether a call below that span is worth a look. */
  constructor(mode: Options['callSite'], wantsSite: (parent: SpanContext | undefined) => boolean) {
    this.mode = mode;
    this.wantsSite = wantsSite;
  }

  /** To be called while the app is starting the span; `catchUp` brings the tracker up to this moment. */
  onStarting(span: ReadableSpan, catchUp: () => void): void {
    if (this.mode === 'off' || span.kind !== SpanKind.CLIENT || !isCall(span)) return;
    const parentId = span.parentSpanContext?.spanId ?? '';
    const connected = this.lastBelow.size === 0 ? undefined : this.lastBelow.get(parentId);
    const isWanted =
      this.mode === 'all' || (this.isTurn(span) && connected === undefined && this.isWanted(span, catchUp));
    const here = isWanted ? captureCallSite() : undefined;
    const site = here ?? connected;
    if (site === undefined) return;
    this.sites.set(span, site);
    if (connected !== undefined) this.lastBelow.delete(parentId);
    else if (CONNECTS.test(span.name)) {
      if (this.lastBelow.size >= MAX_PARENTS) this.lastBelow.clear();
      this.lastBelow.set(parentId, site);
    }
  }

  /** Counts a call of the trace, the taking of a connection and the statement behind it as one; true for each third. */
  private isTurn(span: ReadableSpan): boolean {
    const place = placeOf(span.spanContext().traceId);
    const connecting = this.connecting[place] as number;
    if (CONNECTS.test(span.name)) this.connecting[place] = Math.min(connecting + 1, 255);
    else if (connecting > 0) {
      this.connecting[place] = connecting - 1;
      return false;
    }
    const count = ((this.calls[place] as number) + 1) % ASK_EVERY;
    this.calls[place] = count;
    return count === 0;
  }

  private isWanted(span: ReadableSpan, catchUp: () => void): boolean {
    catchUp();
    return this.wantsSite(span.parentSpanContext);
  }

  /** Where this very span was started, when somebody looked. */
  siteOf(span: ReadableSpan): CallSite | undefined {
    return this.mode === 'off' ? undefined : this.sites.get(span);
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

/** The last characters of an id as a number below {@link COUNTERS}. */
function placeOf(traceId: string): number {
  const end = traceId.length - 1;
  return digit(traceId, end) * 256 + digit(traceId, end - 1) * 16 + digit(traceId, end - 2);
}

/** A hexadecimal digit; anything else is some number below 16 too. */
function digit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return ((code & 15) + (code >> 6) * 9) & 15;
}

function isCall({ attributes }: ReadableSpan): boolean {
  const system = attributes[DB_SYSTEM_NAME] ?? attributes[OLD_DB_SYSTEM];
  return (system ?? attributes[HTTP_REQUEST_METHOD] ?? attributes['http.method']) !== undefined;
}
