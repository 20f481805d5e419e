/** An answer may be out a moment before what made it ends: ends that lie no further apart are one. */
export const MOMENT_MS = 5;
export const MOMENT_NANOS: bigint = BigInt(MOMENT_MS) * 1_000_000n;
