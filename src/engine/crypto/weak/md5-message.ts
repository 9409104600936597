import { InvalidEncodingError } from '../../../bytes/errors.js';
import { compressMessage, MESSAGE_CAPACITY, message, state } from './md5-block.js';

/** Bytes, or text of which every character is one ISO-8859-1 byte. */
export type HashInput = Uint8Array | string;

/** Below these lengths a loop is faster than a call into C++ that copies. */
const SHORT_TEXT = 48;
const SHORT_BYTES = 32;

/** On text of one byte per character, which is how V8 keeps it, this fails without looking at the characters. */
const WIDE_CHARACTER = /[^\0-\xff]/;

const messageBuffer = Buffer.from(message.buffer);

/**
 * Writes `parts` one after another into the message, from offset `at`. Returns where they end, or -1 when they do not fit.
 * Text with a character above U+00FF throws InvalidEncodingError: cutting it to a byte would let two passwords be one.
 */
export function gather(parts: readonly HashInput[], at: number): number {
  let end = at;
  for (const part of parts) {
    if (part.length > MESSAGE_CAPACITY - end) {
      clear(end);
      return -1;
    }
    if (typeof part === 'string') putText(part, end);
    else putBytes(part, end);
    end += part.length;
  }
  return end;
}

/**
 * Pads what stands in the message from `from` to `end` and hashes it into the state, `hashedBefore` bytes having gone in before
 * (RFC 1321 sections 3.1 and 3.2). Clears the message.
 */
export function hashTail(from: number, end: number, hashedBefore: number): void {
  const length = hashedBefore + end - from;
  const padded = (end + 8 + 64) & ~63;
  message[end] = 0x80;
  putLength(length, padded - 8);
  compressMessage(from, padded);
  clear(padded);
}

/** Hashes parts of any length into the state, a piece of the message's size at a time. */
export function hashLong(parts: readonly HashInput[], hashedBefore: number): void {
  let hashed = hashedBefore;
  let end = 0;
  for (const part of parts) {
    const bytes = toBytes(part);
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + MESSAGE_CAPACITY - end);
      message.set(piece, end);
      at += piece.length;
      end += piece.length;
      if (end === MESSAGE_CAPACITY) {
        compressMessage(0, end);
        clear(end);
        hashed += end;
        end = 0;
      }
    }
  }
  hashTail(0, end, hashed);
}

/** The state as 16 bytes, least significant byte of A first (RFC 1321 section 3.5). */
export function putState(out: Uint8Array, at: number): void {
  for (let i = 0, to = at; i < 4; i++, to += 4) {
    const word = state[i]!;
    out[to] = word;
    out[to + 1] = word >>> 8;
    out[to + 2] = word >>> 16;
    out[to + 3] = word >>> 24;
  }
}

/** Zeroes the message up to `end`: what was hashed may be a password, and the next user counts on zeros. */
export function clear(end: number): void {
  message.fill(0, 0, end);
}

export function toBytes(part: HashInput): Uint8Array {
  if (typeof part !== 'string') return part;
  checkNarrow(part);
  return Buffer.from(part, 'latin1');
}

function putText(text: string, at: number): void {
  if (text.length > SHORT_TEXT) {
    checkNarrow(text);
    messageBuffer.write(text, at, text.length, 'latin1');
    return;
  }
  let seen = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    seen |= code;
    message[at + i] = code;
  }
  if (seen > 0xff) refuseWide();
}

function putBytes(bytes: Uint8Array, at: number): void {
  if (bytes.length > SHORT_BYTES) {
    message.set(bytes, at);
    return;
  }
  for (let i = 0; i < bytes.length; i++) message[at + i] = bytes[i]!;
}

/** The length in bits, 64 bits little-endian; a length in bytes is below 2^53, so its bits need the high word. */
function putLength(byteLength: number, at: number): void {
  const low = (byteLength << 3) >>> 0;
  const high = Math.floor(byteLength / 0x2000_0000);
  for (let i = 0; i < 4; i++) {
    message[at + i] = low >>> (8 * i);
    message[at + 4 + i] = high >>> (8 * i);
  }
}

function checkNarrow(text: string): void {
  if (WIDE_CHARACTER.test(text)) refuseWide();
}

function refuseWide(): never {
  clear(MESSAGE_CAPACITY);
  throw new InvalidEncodingError('the text has a character outside ISO-8859-1');
}
