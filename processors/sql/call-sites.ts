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
import type { RepeatTracker } from '../../src/core/n-plus-one/index.ts';
import type { Facts } from '../processor.ts';
import { type CallSite, captureCallSite } from './call-site.ts';
import { sourcePosition } from './source-position.ts';

/** `auto`: from the third repeat on; `all`: every database and HTTP-client span; `off`: none. */
export type CallSiteMode = 'auto' | 'all' | 'off';

const MAX_PARENTS = 1000;

/**
 * Remembers where database and HTTP-client spans were started, for spans that may be part of a repeat.
 *
 * A pool hands the query over in a callback, where the application is no longer on the stack; but the span of
 * taking the connection, a moment before and below the same parent, was started by it. So the last site below a
 * parent stands in.
 */
export class CallSites {
  private readonly mode: CallSiteMode;
  private readonly tracker: RepeatTracker;
  private readonly sites = new WeakMap<ReadableSpan, CallSite>();
  private readonly lastBelow = new Map<string, CallSite>();

  constructor(mode: CallSiteMode, tracker: RepeatTracker) {
    this.mode = mode;
    this.tracker = tracker;
  }

  onStart(span: ReadableSpan): void {
    if (this.mode === 'off' || span.kind !== SpanKind.CLIENT) return;
    const family = familyOf(span);
    const parentId = span.parentSpanContext?.spanId;
    if (family === undefined || (this.mode === 'auto' && !this.isWorthIt(parentId, family))) return;
    const here = captureCallSite();
    const site = here ?? (parentId === undefined ? undefined : this.lastBelow.get(parentId));
    if (site === undefined) return;
    this.sites.set(span, site);
    if (here !== undefined && parentId !== undefined) {
      if (this.lastBelow.size >= MAX_PARENTS) this.lastBelow.clear();
      this.lastBelow.set(parentId, here);
    }
  }

  onEnd(span: ReadableSpan, facts: Facts): void {
    if (this.lastBelow.size > 0) this.lastBelow.delete(span.spanContext().spanId);
    const site = this.mode === 'off' ? undefined : this.sites.get(span);
    if (site === undefined || span.attributes[CODE_FILE_PATH] !== undefined) return;
    const { file, line } = sourcePosition(site);
    facts.set(CODE_FILE_PATH, file);
    facts.set(CODE_LINE_NUMBER, line);
    if (site.functionName !== undefined) facts.set(CODE_FUNCTION_NAME, site.functionName);
  }

  private isWorthIt(parentId: string | undefined, family: 'db' | 'http'): boolean {
    return parentId !== undefined && this.tracker.mayRepeat(parentId, family);
  }
}

function familyOf(span: ReadableSpan): 'db' | 'http' | undefined {
  const { attributes } = span;
  if ((attributes[DB_SYSTEM_NAME] ?? attributes[OLD_DB_SYSTEM]) !== undefined) return 'db';
  return (attributes[HTTP_REQUEST_METHOD] ?? attributes['http.method']) === undefined ? undefined : 'http';
}
