/**
 * Types and type attributes of a {@link SecBuffer} (`BufferType`).
 * Source: sspi.h; Microsoft Learn, "SecBuffer".
 */
export const SECBUFFER = {
  VERSION: 0,
  EMPTY: 0,
  DATA: 1,
  TOKEN: 2,
  PKG_PARAMS: 3,
  MISSING: 4,
  EXTRA: 5,
  STREAM_TRAILER: 6,
  STREAM_HEADER: 7,
  NEGOTIATION_INFO: 8,
  PADDING: 9,
  STREAM: 10,
  MECHLIST: 11,
  MECHLIST_SIGNATURE: 12,
  TARGET: 13,
  CHANNEL_BINDINGS: 14,
  CHANGE_PASS_RESPONSE: 15,
  TARGET_HOST: 16,
  ALERT: 17,
  APPLICATION_PROTOCOLS: 18,
  SRTP_PROTECTION_PROFILES: 19,
  SRTP_MASTER_KEY_IDENTIFIER: 20,
  TOKEN_BINDING: 21,
  PRESHARED_KEY: 22,
  PRESHARED_KEY_IDENTITY: 23,
  DTLS_MTU: 24,
  SEND_GENERIC_TLS_EXTENSION: 25,
  SUBSCRIBE_GENERIC_TLS_EXTENSION: 26,
  FLAGS: 27,
  TRAFFIC_SECRETS: 28,
  ATTRMASK: 0xf0000000,
  READONLY: 0x80000000,
  READONLY_WITH_CHECKSUM: 0x10000000,
  RESERVED: 0x60000000,
} as const;
Object.freeze(SECBUFFER);

/**
 * One buffer of a security call: `cbBuffer` and `pvBuffer` are joined in `data`.
 * Source: Microsoft Learn, "SecBuffer".
 */
export interface SecBuffer {
  /** A {@link SECBUFFER} type, with attribute bits such as `SECBUFFER.READONLY`. */
  readonly type: number;
  readonly data: Uint8Array;
  /** MISSING only: how many bytes the package still wants (`cbBuffer`), where `data` is empty. */
  readonly missing?: number;
}

const TYPE_BITS = ~SECBUFFER.ATTRMASK;

/** The type of a buffer without its attribute bits. */
export function bufferType(buffer: SecBuffer): number {
  return (buffer.type & TYPE_BITS) >>> 0;
}

/** The first buffer of a type, attribute bits aside. */
export function findBuffer(buffers: readonly SecBuffer[] | undefined, type: number): SecBuffer | undefined {
  return buffers?.find(buffer => bufferType(buffer) === type);
}

/** The buffers of a type, in their order, attribute bits aside. */
export function filterBuffers(buffers: readonly SecBuffer[] | undefined, type: number): SecBuffer[] {
  return buffers?.filter(buffer => bufferType(buffer) === type) ?? [];
}

/** A TOKEN buffer. */
export function tokenBuffer(data: Uint8Array): SecBuffer {
  return { type: SECBUFFER.TOKEN, data };
}
