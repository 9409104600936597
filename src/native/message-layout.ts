import { ArgumentError } from '../sspi/arguments.js';
import { SECBUFFER, type SecBuffer } from '../sspi/buffers.js';

// The addon is told of message buffers, and tells of them, in a Uint32Array: HEADER words, then ROW words for each buffer.
// In: the type of each buffer. Out: the fault and the quality of protection; of each buffer its type, in which of the given buffers
// its bytes lie, from where, and how many. See native/src/message_functions.cpp.

const HEADER = 2;
const ROW = 4;
/** A result that lies in no buffer: it has no bytes, or is MISSING. */
const NOWHERE = 0xffffffff;

/** The layout for a call. */
export function layoutOf(buffers: readonly SecBuffer[]): Uint32Array {
  const layout = new Uint32Array(HEADER + ROW * buffers.length);
  for (let row = 0; row < buffers.length; row++) {
    const { type } = buffers[row]!;
    if (type > 0xffff_ffff) throw new ArgumentError('the type of a buffer must be an unsigned integer of 32 bits');
    layout[HEADER + ROW * row] = type;
  }
  return layout;
}

export function faultOf(layout: Uint32Array): number | undefined {
  return layout[0] || undefined;
}

export function qopOf(layout: Uint32Array): number {
  return layout[1]!;
}

/** The results that a layout tells of; their bytes are views of the given ones. */
export function resultsIn(layout: Uint32Array, given: readonly Uint8Array[]): SecBuffer[] {
  const results: SecBuffer[] = [];
  for (let at = HEADER; at < layout.length; at += ROW) {
    const type = layout[at]!;
    const source = layout[at + 1]!;
    const offset = layout[at + 2]!;
    const length = layout[at + 3]!;
    if (source !== NOWHERE) results.push({ type, data: view(given[source]!, offset, length) });
    else if ((type & ~SECBUFFER.ATTRMASK) === SECBUFFER.MISSING)
      results.push({ type, data: new Uint8Array(0), missing: length });
    else results.push({ type, data: new Uint8Array(0) });
  }
  return results;
}

function view(bytes: Uint8Array, offset: number, length: number): Uint8Array {
  return length === bytes.length ? bytes : bytes.subarray(offset, offset + length);
}
