import type { Split } from './side.js';

/** Pieces of 1 to `most` bytes, the same for the same seed. */
export function randomSplit(seed: number, most = 40): Split {
  let state = seed;
  return function* (bytes) {
    let at = 0;
    while (at < bytes.length) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      const end = at + 1 + ((state >>> 16) % most);
      yield bytes.subarray(at, end);
      at = end;
    }
  };
}

/** Cuts in the middle of each header of a record, and between header and content. */
export const aroundHeaders: Split = function* (bytes) {
  let at = 0;
  while (at < bytes.length) {
    const end = at + 5 + bytes[at + 3]! * 256 + bytes[at + 4]!;
    yield bytes.subarray(at, at + 2);
    yield bytes.subarray(at + 2, at + 5);
    yield bytes.subarray(at + 5, end - 1);
    yield bytes.subarray(end - 1, end);
    at = end;
  }
};

/**
 * The same messages in records of another size: handshake messages may be spread over records, and share them (RFC 8446 5.1). Only for
 * records that are not protected.
 */
export function inRecordsOf(size: number, records: Uint8Array): Uint8Array {
  const out: Uint8Array[] = [];
  let handshake: Uint8Array[] = [];
  const flush = (): void => {
    const messages = Buffer.concat(handshake);
    handshake = [];
    for (let at = 0; at < messages.length; at += size) {
      const piece = messages.subarray(at, at + size);
      out.push(Uint8Array.of(22, 3, 3, piece.length >> 8, piece.length & 0xff), piece);
    }
  };
  for (let at = 0; at < records.length; ) {
    const end = at + 5 + records[at + 3]! * 256 + records[at + 4]!;
    if (records[at] === 22) handshake.push(records.subarray(at + 5, end));
    else {
      flush();
      out.push(records.subarray(at, end));
    }
    at = end;
  }
  flush();
  return Buffer.concat(out);
}
