import type { Sizes } from '../sspi/attribute-values.js';
import { findBuffer, SECBUFFER, type SecBuffer } from '../sspi/buffers.js';
import { type MessageBuffers, SECQOP } from '../sspi/messages.js';

/** How a package lays out a protected message; the wire has the buffers in this order, one behind the other. */
export interface MessageLayout {
  /** Bytes of the TOKEN buffer before the message; 0: the package takes none. */
  header(sizes: Sizes): number;
  /** Most bytes of the PADDING buffer behind the message. */
  trailer(sizes: Sizes): number;
  /** The quality of protection that signs a message, in the form of a sealed one, and does not encrypt it. */
  readonly integrityQop: number;
}

/** A layout's sizes in one context, in bytes. */
export interface LayoutSizes {
  readonly header: number;
  readonly trailer: number;
}

/** The layout of a package's messages. Negotiate's are those of the package that was agreed. */
export function messageLayout(packageName: string): MessageLayout {
  return LAYOUTS.get(packageName) ?? TOKEN_DATA_PADDING;
}

/**
 * The buffers of EncryptMessage over a part of `room` that starts at `at`: the header, then the message, which is there already, then the
 * trailer.
 */
export function sealBuffers(room: Uint8Array, at: number, length: number, layout: LayoutSizes): SecBuffer[] {
  const { header, trailer } = layout;
  // Views by constructor, and both properties read once: subarray, and the getters, cost as much as a block of the MAC.
  const { buffer, byteOffset } = room;
  const start = byteOffset + at + header;
  const data = { type: SECBUFFER.DATA, data: new Uint8Array(buffer, start, length) };
  const padding = { type: SECBUFFER.PADDING, data: new Uint8Array(buffer, start + length, trailer) };
  if (header === 0) return [data, padding];
  return [{ type: SECBUFFER.TOKEN, data: new Uint8Array(buffer, byteOffset + at, header) }, data, padding];
}

/**
 * Joins what EncryptMessage left of `given`, from `at` on, without the bytes that header and trailer did not need. Returns the length.
 */
export function joinSealed(room: Uint8Array, at: number, given: readonly SecBuffer[], sealed: MessageBuffers): number {
  let end = at;
  let place = at;
  for (let n = 0; n < sealed.length; n++) {
    const { data } = sealed[n]!;
    const before = given[n]!.data;
    // A package that works in place leaves most buffers as they are, and where they are.
    if (data !== before || place !== end) room.set(data, end);
    place += before.length;
    end += data.length;
  }
  return end - at;
}

/** The buffers of DecryptMessage for a whole protected message. */
export function openBuffers(message: Uint8Array): SecBuffer[] {
  return [
    { type: SECBUFFER.STREAM, data: message },
    { type: SECBUFFER.DATA, data: NOTHING },
  ];
}

/** The plaintext among the buffers that DecryptMessage left. */
export function openedData(opened: MessageBuffers): Uint8Array {
  return findBuffer(opened, SECBUFFER.DATA)?.data ?? NOTHING;
}

/** Whether DecryptMessage says of a message that it was signed and not encrypted: SECQOP_WRAP_NO_ENCRYPT, or SIGN_ONLY of WDigest. */
export function isSignedOnly(opened: MessageBuffers): boolean {
  return (opened.qop & SIGN_ONLY) !== 0;
}

const NOTHING = new Uint8Array(0);
const SIGN_ONLY = 0x80000000;

/** Source: Microsoft Learn, "EncryptMessage (Kerberos)", "(NTLM)" and "(Negotiate)". */
const TOKEN_DATA_PADDING: MessageLayout = {
  header: sizes => sizes.securityTrailer,
  trailer: sizes => sizes.blockSize,
  integrityQop: SECQOP.WRAP_NO_ENCRYPT,
};

/** Source: Microsoft Learn, "EncryptMessage (Digest)": one context has one quality of protection, chosen in the exchange. */
const DATA_PADDING: MessageLayout = {
  header: () => 0,
  // A block of one byte needs no padding.
  trailer: sizes => sizes.maxSignature + (sizes.blockSize > 1 ? sizes.blockSize : 0),
  integrityQop: 0,
};

const LAYOUTS: ReadonlyMap<string, MessageLayout> = new Map([['WDigest', DATA_PADDING]]);
