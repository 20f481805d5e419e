/** What `read` gives; undefined where it throws: a file that went, a directory of somebody else's. Never throws. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
