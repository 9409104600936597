import { InvalidEncodingError } from '../errors.js';
import { ByteReader } from '../reader.js';

/**
 * The dotted form of the content octets of an OBJECT IDENTIFIER (X.690 8.19). Throws `MalformedBytesError` for one that is empty, ends
 * inside a number, has a number with leading zeros, or is longer than {@link LONGEST_OID}.
 */
export function decodeOid(content: Uint8Array): string {
  if (content.length > LONGEST_OID) throw new InvalidEncodingError('an object identifier is too long');
  const reader = new ByteReader(content);
  // The first two numbers share one: 40 * first + second, and first is 2 at most.
  const both = subidentifier(reader);
  let text = both < 40 ? `0.${both}` : both < 80 ? `1.${Number(both) - 40}` : `2.${BigInt(both) - 80n}`;
  while (reader.remaining > 0) text += `.${subidentifier(reader)}`;
  return text;
}

/**
 * The content octets of an OBJECT IDENTIFIER. A text that is none is a RangeError. The same few are asked for over and over, so the
 * octets may be shared: they are for reading.
 */
export function encodeOid(oid: string): Uint8Array {
  const known = encodings.get(oid);
  if (known) return known;
  const octets = encode(oid);
  if (encodings.size < MOST_ENCODINGS) encodings.set(oid, octets);
  return octets;
}

const encodings = new Map<string, Uint8Array>();
const MOST_ENCODINGS = 64;

function encode(oid: string): Uint8Array {
  const [first, second, ...rest] = oid.split('.').map(arc);
  if (first === undefined || second === undefined || first > 2n || (first < 2n && second >= 40n)) {
    throw new RangeError(`${JSON.stringify(oid)} is no object identifier`);
  }
  return Uint8Array.from([first * 40n + second, ...rest].flatMap(base128));
}

/** Content octets. The longest in use, those of UUIDs under 2.25, take 20. */
const LONGEST_OID = 64;

/** Base 128, most significant first, the high bit set on all octets but the last. A bigint where a number is not exact any more. */
function subidentifier(reader: ByteReader): number | bigint {
  let octet = reader.u8();
  if (octet === 0x80) throw new InvalidEncodingError('a number of an object identifier has leading zeros');
  let value: number | bigint = octet & 0x7f;
  while (octet & 0x80) {
    octet = reader.u8();
    if (typeof value === 'number' && value < LAST_EXACT) value = value * 0x80 + (octet & 0x7f);
    else value = (BigInt(value) << 7n) | BigInt(octet & 0x7f);
  }
  return value;
}

/** Seven bits more still make a safe integer. */
const LAST_EXACT = 2 ** 46;

function base128(value: bigint): number[] {
  const octets = [Number(value & 0x7fn)];
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) octets.unshift(Number(rest & 0x7fn) | 0x80);
  return octets;
}

function arc(text: string): bigint {
  if (!/^(?:0|[1-9]\d{0,38})$/.test(text))
    throw new RangeError(`${JSON.stringify(text)} is no number of an object identifier`);
  return BigInt(text);
}
