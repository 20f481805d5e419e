/** One frame of a V8 stack trace. */
export interface StackFrame {
  /** Undefined for an anonymous function and for module code. */
  readonly functionName?: string;
  /** A path or URL as the stack gives it, without `file://`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The application's own code: not Node's, not a package's, not evaluated text. */
  readonly isInApp: boolean;
}

const FRAME =
  /^\s*at (?:async )?(?:(.{1,300}?) \()?((?:file:\/\/|node:|[a-zA-Z]:[\\/]|\/|\.{0,2}[\\/]|[\w@.-])(?:[^()\n]|\([^():\n]{0,100}\)){0,1000}?):(\d{1,7}):(\d{1,7})\)?$/;
const MAX_FRAMES = 100;
const MAX_LINE = 2_000;
/** Of a longer stack the end is read: the frames come after the message. */
const MAX_STACK = 65_536;

/** The frames of a stack trace, innermost first, at most 100; empty when there is none. Never throws. */
export function parseStack(stack: string): StackFrame[] {
  const frames: StackFrame[] = [];
  const text = stack.length <= MAX_STACK ? stack : stack.slice(-MAX_STACK);
  for (const line of text.split('\n', 2 * MAX_FRAMES)) {
    const match = line.length <= MAX_LINE ? FRAME.exec(line) : null;
    if (match === null) continue;
    const [, callee, location = '', lineNumber, column] = match;
    const file = stripScheme(location);
    const functionName = callee === undefined ? undefined : plainName(callee);
    frames.push({
      ...(functionName === undefined ? {} : { functionName }),
      file,
      line: Number(lineNumber),
      column: Number(column),
      isInApp: isInApp(file),
    });
    if (frames.length === MAX_FRAMES) break;
  }
  return frames;
}

/** Whether a file of a stack is the application's own. */
export function isInApp(file: string): boolean {
  return (
    !/^(?:node:|internal[\\/]|evalmachine|\[eval|<)/.test(file) &&
    !/(?:^|[\\/])(?:node_modules|\.pnpm|\.yarn)[\\/]/.test(file)
  );
}

function stripScheme(location: string): string {
  if (!location.startsWith('file://')) return location;
  try {
    const path = decodeURIComponent(new URL(location).pathname);
    return /^\/[a-zA-Z]:/.test(path) ? path.slice(1) : path;
  } catch {
    return location.slice('file://'.length);
  }
}

/** `new Order`, `Object.charge [as pay]`, `async Promise.all` → the name a reader would search for; none for anonymous code. */
function plainName(callee: string): string | undefined {
  const name = callee.replace(/ \[as [^\]]*\]$/, '').replace(/^(?:new|async) /, '');
  return name === '' || /(?:^|\.)<anonymous>$/.test(name) ? undefined : name;
}
