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
  const start = at + layout.header;
  const end = start + length;
  const data = { type: SECBUFFER.DATA, data: room.subarray(start, end) };
  const padding = { type: SECBUFFER.PADDING, data: room.subarray(end, end + layout.trailer) };
  if (layout.header === 0) return [data, padding];
  return [{ type: SECBUFFER.TOKEN, data: room.subarray(at, start) }, data, padding];
}

/**
 * Joins what EncryptMessage left of `given`, from `at` on, without the bytes that header and trailer did not need. Returns the length.
 */
export function joinSealed(room: Uint8Array, at: number, given: readonly SecBuffer[], sealed: MessageBuffers): number {
  let end = at;
  for (const [n, { data }] of sealed.entries()) {
    // A package that works in place leaves most buffers as they are, which is the cheapest thing to see.
    const inPlace = data === given[n]?.data || data.buffer === room.buffer;
    if (!inPlace || data.byteOffset !== room.byteOffset + end) room.set(data, end);
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
