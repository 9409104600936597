/** Ticks of 100 ns between 1601, where FILETIME begins ([MS-DTYP] 2.3.3), and 1970. */
const EPOCH = 116_444_736_000_000_000n;
const TICKS_PER_MILLISECOND = 10_000n;

/** The FILETIME of a time in milliseconds since 1970. */
export function fileTime(milliseconds: number): bigint {
  return BigInt(Math.floor(milliseconds)) * TICKS_PER_MILLISECOND + EPOCH;
}

/** Milliseconds between two FILETIMEs. */
export function fileTimeDistance(a: bigint, b: bigint): number {
  const ticks = a > b ? a - b : b - a;
  return Number(ticks / TICKS_PER_MILLISECOND);
}
