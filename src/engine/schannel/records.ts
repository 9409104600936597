import { ByteReader } from '../../bytes/reader.js';

/** What stands at a place of a TLS byte stream. */
export type RecordThere =
  /** `length` bytes with the header, all of them there. */
  | { readonly kind: 'whole'; readonly type: number; readonly length: number }
  /** At least `missing` bytes are still to come. */
  | { readonly kind: 'partial'; readonly missing: number }
  /** No header of a record of TLS. */
  | { readonly kind: 'malformed' };

/** Content types of records (RFC 8446 5.1, RFC 5246 6.2.1). */
export const CONTENT = { CHANGE_CIPHER_SPEC: 20, ALERT: 21, HANDSHAKE: 22, APPLICATION_DATA: 23 } as const;
Object.freeze(CONTENT);

/** Bytes of `ContentType type; ProtocolVersion legacy_record_version; uint16 length;` (RFC 8446 5.1). */
export const RECORD_HEADER = 5;

/** `2^14 + 2048`: the most that a protected record of TLS 1.2 holds (RFC 5246 6.2.3); TLS 1.3 has 256 for 2048. */
const LARGEST_FRAGMENT = 0x4000 + 2048;

/** Looks at the record that starts at `at`, and at nothing behind it. */
export function recordAt(bytes: Uint8Array, at: number): RecordThere {
  const available = bytes.length - at;
  if (available < RECORD_HEADER) return { kind: 'partial', missing: RECORD_HEADER - available };
  const reader = new ByteReader(at === 0 ? bytes : bytes.subarray(at));
  const type = reader.u8();
  const major = reader.u8();
  reader.skip(1);
  const fragment = reader.u16be();
  if (type < CONTENT.CHANGE_CIPHER_SPEC || type > CONTENT.APPLICATION_DATA) return { kind: 'malformed' };
  if (major !== 3 || fragment > LARGEST_FRAGMENT) return { kind: 'malformed' };
  const length = RECORD_HEADER + fragment;
  return available < length ? { kind: 'partial', missing: length - available } : { kind: 'whole', type, length };
}

/**
 * A fatal alert in the clear (RFC 8446 6, RFC 5246 7.2), for a handshake that is given up before anything that this side
 * protects has been sent.
 */
export function plainAlert(description: number): Uint8Array {
  return Uint8Array.of(CONTENT.ALERT, 3, 3, 0, 2, 2, description);
}
