import { InvalidEncodingError } from './errors.js';

/** Lower-case hex digits, two for every byte. */
export function encodeHex(bytes: Uint8Array): string {
  if (bytes.length > pairs.length) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
  for (let i = 0; i < bytes.length; i++) pairs[i] = PAIRS[bytes[i]!]!;
  return digits.toString('latin1', 0, 2 * bytes.length);
}

/** Bytes of hex digits in either case. Throws {@link InvalidEncodingError} for an odd count or any other character. */
export function decodeHex(text: string): Uint8Array {
  if (text.length % 2 !== 0) throw new InvalidEncodingError('an odd number of hex digits');
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (digitAt(text, 2 * i) << 4) | digitAt(text, 2 * i + 1);
  }
  return bytes;
}

function digitAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  if (lower >= 0x61 && lower <= 0x66) return lower - 0x57;
  throw new InvalidEncodingError(`character ${index} is not a hex digit`);
}

/** The two digits of every byte as they stand in memory, so that one store writes both in either byte order. */
const PAIRS = new Uint16Array(256);
const pairBytes = new Uint8Array(PAIRS.buffer);
for (let i = 0; i < 512; i++) pairBytes[i] = '0123456789abcdef'.charCodeAt(i % 2 === 0 ? i >> 5 : (i >> 1) & 15);

/** For up to 32 bytes: V8 keeps small arrays among its objects, and moves each out of them when a Buffer is made of it. */
const digits = Buffer.alloc(64);
const pairs = new Uint16Array(digits.buffer, digits.byteOffset, digits.length / 2);
