import { markAsUntransferable } from 'node:worker_threads';

/** Bytes of a slab. A small message that is kept keeps its slab. */
const SLAB_SIZE = 16 * 1024;
/** From here on an array of its own costs little beside the work on it. */
const LARGEST_PIECE = 4 * 1024;

let slab = new ArrayBuffer(0);
let used = 0;

/**
 * Zeroed bytes for a message, nobody else's. Small ones are cut from a slab, as Node.js cuts its Buffers from a pool: an ArrayBuffer for
 * each would cost more than its protection.
 */
export function takeBytes(size: number): Uint8Array {
  if (size > LARGEST_PIECE) return new Uint8Array(size);
  if (used + size > slab.byteLength) {
    slab = new ArrayBuffer(SLAB_SIZE);
    // Handing one message over to a worker must not take the others along.
    markAsUntransferable(slab);
    used = 0;
  }
  const piece = new Uint8Array(slab, used, size);
  used += size;
  return piece;
}

/** A copy in bytes of {@link takeBytes}. */
export function copyBytes(bytes: Uint8Array): Uint8Array {
  const copy = takeBytes(bytes.length);
  copy.set(bytes);
  return copy;
}
