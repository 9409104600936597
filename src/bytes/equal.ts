import { timingSafeEqual } from 'node:crypto';

/**
 * Compares secrets in a time that depends on their length only. Different lengths are unequal at once: lengths are not secret here.
 */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  if (a.length > scratchA.length) return timingSafeEqual(a, b);
  for (let i = 0; i < a.length; i++) {
    scratchA[i] = a[i]!;
    scratchB[i] = b[i]!;
  }
  const equal = timingSafeEqual(scratchA, scratchB);
  for (let i = 0; i < a.length; i++) {
    scratchA[i] = 0;
    scratchB[i] = 0;
  }
  return equal;
}

/**
 * Zero but during a call. V8 keeps small arrays among its objects and moves each out of them, at six times the cost of the
 * comparison, when it is given to OpenSSL; these two stay outside.
 */
const scratchA = Buffer.alloc(64);
const scratchB = Buffer.alloc(64);
