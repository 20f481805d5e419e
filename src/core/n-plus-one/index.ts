export type { Call, CallAttributes } from './call.ts';
export type { CallSite } from './call-site.ts';
export { describeCall } from './describe-call.ts';
export { findRepeats } from './find-repeats.ts';
export type { LiveSpan, Totals } from './live-span.ts';
export type { Repeat, RepeatKind, RepeatSeverity } from './repeat.ts';
export { worstFirst } from './repeat.ts';
export type { RepeatTrackerOptions, Settled, SpanEnd, SpanStart } from './tracker.ts';
export { RepeatTracker } from './tracker.ts';
