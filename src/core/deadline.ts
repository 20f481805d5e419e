import { clearTimeout, setTimeout } from './natives.ts';

/** Whether the work was done in time. Its timer keeps the process alive, and so bounds how long it lives. */
export function withDeadline(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    const waitForIt = async () => {
      try {
        await work;
        resolve(true);
      } catch (error) {
        reject(error);
      }
      clearTimeout(timer);
    };
    waitForIt();
  });
}

/** As `Promise.allSettled`, by `await` alone: an app may have replaced `then`. Never rejects. */
export async function allSettled(works: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  const settling = works.map(async (work) => {
    try {
      await work;
    } catch {
      // Whoever began it says what is wrong.
    }
  });
  for (const each of settling) await each;
}
