let current: string | undefined;

/**
 * Runs `work` while the app hands this statement to a client: for instrumentations that start a span first and tell
 * it the statement later. What `work` returns or throws is passed on.
 */
export function withStatement<T>(text: unknown, work: () => T): T {
  const outer = current;
  current = typeof text === 'string' ? text : undefined;
  try {
    return work();
  } finally {
    current = outer;
  }
}

/** The statement that is being handed over at this moment, if an instrumentation of ours said so. */
export function currentStatement(): string | undefined {
  return current;
}
