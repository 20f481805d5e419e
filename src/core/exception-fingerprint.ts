import { createHash } from 'node:crypto';
import { parseStack, type StackFrame } from './stack.ts';

/** What is known of an exception. */
export interface ExceptionFacts {
  readonly type: string;
  readonly stack?: string;
  readonly spanName: string;
}

/** Where a frame's code was written: a path relative to its project, through a source map when there is one. */
export type Locate = (frame: StackFrame) => string;

/**
 * 16 hex digits, equal for errors with one cause: type, first in-app file, function.
 *
 * No line and no message, so that it survives an edit elsewhere in the file and differing values. An anonymous
 * function counts as the enclosing span's name; without a usable stack the type and the span name decide.
 * Never throws. Costs one parse of the stack and one sha256.
 */
export function exceptionFingerprint(facts: ExceptionFacts, locate: Locate = (frame) => frame.file): string {
  const frame = facts.stack === undefined ? undefined : parseStack(facts.stack).find((each) => each.isInApp);
  const place =
    frame === undefined ? ['', facts.spanName] : [locate(frame), frame.functionName ?? facts.spanName];
  return createHash('sha256')
    .update([facts.type, ...place].join('|'))
    .digest('hex')
    .slice(0, 16);
}
