import { ByteReader } from '../../../../bytes/reader.js';

/** TOK_ID of the two tokens (RFC 4121 4.2.6), without any framing around them. */
export const TOKEN_ID = { MIC: 0x0404, WRAP: 0x0504 } as const;
Object.freeze(TOKEN_ID);

/** Flags (RFC 4121 4.2.2). */
export const TOKEN_FLAG = { SENT_BY_ACCEPTOR: 1, SEALED: 2, ACCEPTOR_SUBKEY: 4 } as const;
Object.freeze(TOKEN_FLAG);

/** Bytes of the header of both tokens. */
export const HEADER_LENGTH = 16;

/**
 *     MIC:  04 04, flags, FF FF FF FF FF, SND_SEQ u64
 *     Wrap: 05 04, flags, FF, EC u16, RRC u16, SND_SEQ u64
 *
 * Most significant byte first (RFC 4121 4.2.6).
 */
export interface TokenHeader {
  readonly id: number;
  readonly flags: number;
  /** Extra count and right rotation count; of a Wrap token. */
  readonly extraCount: number;
  readonly rotation: number;
  /** Beyond 2^53 the nearest integer, which no context ever comes to. */
  readonly sequence: number;
}

/** Undefined where the bytes are not the header of such a token. */
export function readHeader(bytes: Uint8Array, id: number): TokenHeader | undefined {
  if (bytes.length < HEADER_LENGTH) return undefined;
  const reader = new ByteReader(bytes);
  if (reader.u16be() !== id) return undefined;
  const flags = reader.u8();
  const filler = reader.u8();
  const extraCount = reader.u16be();
  const rotation = reader.u16be();
  if (filler !== 0xff || (id === TOKEN_ID.MIC && (extraCount & rotation) !== 0xffff)) return undefined;
  return { id, flags, extraCount, rotation, sequence: reader.u32be() * 2 ** 32 + reader.u32be() };
}

/** Writes a header to the first bytes of `out`. Every message has two of them, so nothing is made for it. */
export function writeHeader(out: Uint8Array, { id, flags, extraCount, rotation, sequence }: TokenHeader): void {
  out[0] = id >> 8;
  out[1] = id;
  out[2] = flags;
  out[3] = 0xff;
  out[4] = extraCount >> 8;
  out[5] = extraCount;
  out[6] = rotation >> 8;
  out[7] = rotation;
  writeU32(out, 8, Math.floor(sequence / 2 ** 32));
  // Shifts take what is left over 2^32.
  writeU32(out, 12, sequence);
}

function writeU32(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
}
