/** What stands for a text whose redaction broke. */
export const MASKED = '[REDACTED:error]';

/** What `read` gives, or `instead` when it throws: a getter or a proxy of the app's must not reach `span.end()`. */
export function guarded<T>(instead: T, read: () => T): T {
  try {
    return read();
  } catch {
    return instead;
  }
}
