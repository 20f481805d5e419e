/**
 * The name of an exception's type: a DOMException is recorded by its number (23), which says less than its name in the
 * stack (`TimeoutError`). Any other type as it is.
 */
export function exceptionType(type: string, stack: string): string {
  if (!/^\d{1,2}$/.test(type)) return type;
  return /^([A-Z]\w{1,60})(?: \[\w+\])?:/.exec(stack)?.[1] ?? type;
}
