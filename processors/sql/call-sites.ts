import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  CODE_FILE_PATH,
  CODE_FUNCTION_NAME,
  CODE_LINE_NUMBER,
  DB_SYSTEM_NAME,
  HTTP_REQUEST_METHOD,
  OLD_DB_SYSTEM,
} from '../../src/core/attributes.ts';
import type { CallSite, RepeatTracker } from '../../src/core/n-plus-one/index.ts';
import type { Options } from '../../src/core/options.ts';
import { type SourceLocation, sourceLocation } from '../../src/core/source-location.ts';
import type { Facts } from '../processor.ts';
import { captureCallSite } from './call-site.ts';

const MAX_PARENTS = 1000;
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
  private readonly tracker: RepeatTracker;
  private readonly sites = new WeakMap<ReadableSpan, CallSite>();
  /** One site stands for all repeats of a call. */
  private readonly locations = new WeakMap<CallSite, SourceLocation>();
  private readonly lastBelow = new Map<string, CallSite>();

  constructor(mode: Options['callSite'], tracker: RepeatTracker) {
    this.mode = mode;
    this.tracker = tracker;
  }

  onStart(span: ReadableSpan): void {
    if (this.mode === 'off' || span.kind !== SpanKind.CLIENT || !isCall(span)) return;
    const parentId = span.parentSpanContext?.spanId ?? '';
    const connected = this.lastBelow.get(parentId);
    const isWanted = this.mode === 'all' || (connected === undefined && this.tracker.wantsSite(parentId));
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

function isCall({ attributes }: ReadableSpan): boolean {
  const system = attributes[DB_SYSTEM_NAME] ?? attributes[OLD_DB_SYSTEM];
  return (system ?? attributes[HTTP_REQUEST_METHOD] ?? attributes['http.method']) !== undefined;
}
