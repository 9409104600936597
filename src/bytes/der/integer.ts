import { InvalidEncodingError } from '../errors.js';
import { encodeHex } from '../hex.js';

/**
 * The value of the content octets of an INTEGER or an ENUMERATED: two's complement, as short as it can be (X.690 8.3). Throws
 * `InvalidEncodingError` for another form.
 */
export function decodeInteger(content: Uint8Array): bigint {
  checkForm(content);
  return BigInt.asIntN(content.length * 8, BigInt(`0x${encodeHex(content)}`));
}

/** The same for the integers of protocols: all of 32 bits, with or without a sign, fit. */
export function decodeSmallInteger(content: Uint8Array): number {
  if (content.length > 5) throw new InvalidEncodingError('an integer is too large for its field');
  checkForm(content);
  let value = content[0]! < 0x80 ? 0 : -1;
  for (const octet of content) value = value * 0x100 + octet;
  return value;
}

/** The content octets of an INTEGER. A number that is no safe integer is a RangeError. */
export function encodeInteger(value: number | bigint): Uint8Array {
  if (typeof value === 'number' && value === (value | 0)) return encodeInt32(value);
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new RangeError(`${value} is no integer`);
  let rest = BigInt(value);
  const octets: number[] = [];
  do {
    octets.unshift(Number(rest & 0xffn));
    rest >>= 8n;
  } while (!endsWith(rest, octets[0]!));
  return Uint8Array.from(octets);
}

function encodeInt32(value: number): Uint8Array {
  let length = 1;
  while (length < 4 && value >> (8 * length - 1) !== value >> 31) length += 1;
  const octets = new Uint8Array(length);
  for (let at = 0; at < length; at++) octets[at] = value >> (8 * (length - 1 - at));
  return octets;
}

/** Whether the sign of the leading octet tells all that is left. */
function endsWith(rest: bigint, leading: number): boolean {
  return leading < 0x80 ? rest === 0n : rest === -1n;
}

function checkForm(content: Uint8Array): void {
  const first = content[0];
  if (first === undefined) throw new InvalidEncodingError('an integer is empty');
  if (content.length === 1) return;
  const second = content[1]!;
  const padded = (first === 0x00 && second < 0x80) || (first === 0xff && second >= 0x80);
  if (padded) throw new InvalidEncodingError('an integer is longer than it has to be');
}
