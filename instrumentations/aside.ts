/**
 * Runs what we do on the side of the app's own code. A fault in it is ours, costs an attribute, and never
 * reaches the app.
 */
export function aside(work: () => void): void {
  try {
    work();
  } catch {
    // The app goes on; without the attribute.
  }
}
