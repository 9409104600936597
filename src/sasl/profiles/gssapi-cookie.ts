import { MalformedBytesError } from '../../bytes/errors.js';
import { ByteReader } from '../../bytes/reader.js';
import { ByteWriter } from '../../bytes/writer.js';
import { SEC_E } from '../../sspi/status.js';
import { SaslFailure } from '../sasl-failure.js';

/** Bits of the layers in a cookie (RFC 4752 3.3). */
export const LAYER = { NONE: 1, INTEGRITY: 2, CONFIDENTIALITY: 4 } as const;
Object.freeze(LAYER);

/** The largest size that three bytes can say. */
export const LARGEST_SIZE = 0xff_ffff;

/** `layers u8, maximum size u24 with the most significant byte first, authorization identity (the client's only)` (RFC 4752 3.1, 3.2). */
export interface Cookie {
  readonly layers: number;
  /** Bytes of the largest protected buffer that the sender takes; 0 without a layer. */
  readonly maxSize: number;
  readonly authzString: Uint8Array;
}

export function encodeCookie({ layers, maxSize, authzString }: Cookie): Uint8Array {
  return new ByteWriter(4 + authzString.length)
    .u8(layers)
    .u8(maxSize >>> 16)
    .u16be(maxSize & 0xffff)
    .bytes(authzString)
    .toBytes();
}

/** Throws SEC_E_INVALID_TOKEN for one that is shorter than four bytes. */
export function decodeCookie(bytes: Uint8Array): Cookie {
  try {
    const reader = new ByteReader(bytes);
    const layers = reader.u8();
    const maxSize = reader.u8() * 0x1_0000 + reader.u16be();
    return { layers, maxSize, authzString: Uint8Array.from(reader.rest()) };
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    throw new SaslFailure(SEC_E.INVALID_TOKEN, 'the cookie of the peer is shorter than four bytes');
  }
}

/**
 * The layer that a client chose: one bit that was offered (RFC 4752 3.1). Clients of Active Directory say several and mean the strongest of
 * them: integrity with confidentiality, as domain controllers want it, and Samba's say all that they were offered. Undefined for everything
 * else.
 */
export function chosenLayer(layers: number, offered: number): number | undefined {
  if ((layers & ~offered) !== 0) return undefined;
  return STRONGEST_FIRST.find(layer => (layers & layer) !== 0);
}

/** Layers, the strongest first. */
export const STRONGEST_FIRST: readonly number[] = [LAYER.CONFIDENTIALITY, LAYER.INTEGRITY, LAYER.NONE];
