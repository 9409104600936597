import { ByteWriter } from '../../../../bytes/writer.js';

/** What a key is derived for: the last byte of the well-known constant (RFC 3961 5.3). */
export const DERIVED = { CHECKSUM: 0x99, ENCRYPTION: 0xaa, INTEGRITY: 0x55 } as const;
Object.freeze(DERIVED);

/** The well-known constant: the usage in four octets, and what for. */
export function usageConstant(usage: number, purpose: number): Uint8Array {
  return new ByteWriter(5).u32be(usage).u8(purpose).toBytes();
}
