import type { Bundle, BundleError } from '../../bundles/bundle.ts';
import type { StackFrame } from '../../core/stack.ts';
import { counted, handleRanges } from '../numbers.ts';
import { named, placed, quoted } from '../text.ts';

const IN_APP_LIMIT = 6;
const OTHER_LIMIT = 2;

/** One exception: type, message, spans, then its frames with the application's own first. */
export function renderError(bundle: Bundle, error: BundleError): string {
  const handles = error.spanIds.flatMap((id) => bundle.handles.get(id) ?? []);
  const fingerprint = error.fingerprint === undefined ? '' : ` fingerprint ${named(error.fingerprint)}`;
  const type = error.type === '' ? 'error' : named(error.type);
  const message = error.message === '' ? '' : ` ${quoted(error.message, 500)}`;
  return [`${handleRanges(handles)} ${type}${message}${fingerprint}`, ...frameLines(error.frames)].join('\n');
}

function frameLines(frames: readonly StackFrame[]): string[] {
  const inApp = frames.filter((frame) => frame.isInApp).slice(0, IN_APP_LIMIT);
  const others = inApp.length > 0 ? [] : frames.slice(0, OTHER_LIMIT);
  const shown = [...inApp, ...others];
  const rest = frames.length - shown.length;
  const lines = shown.map(({ functionName, file, line, column }) => {
    const place = placed(`${file}:${line}:${column}`);
    return `  at ${functionName === undefined ? place : `${named(functionName)} (${place})`}`;
  });
  return rest > 0 ? [...lines, `  + ${counted(rest, 'other frame')}, of packages or Node`] : lines;
}
