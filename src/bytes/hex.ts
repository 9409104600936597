import { InvalidEncodingError } from './errors.js';

/** Lower-case hex digits, two for every byte. */
export function encodeHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
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
