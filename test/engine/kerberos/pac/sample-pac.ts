import { encodeUtf16le } from '#dist/bytes/text.js';
import { ByteWriter } from '#dist/bytes/writer.js';
import { AD_TYPE } from '#dist/engine/kerberos/constants/ad-type.js';
import { KEY_USAGE } from '#dist/engine/kerberos/constants/key-usage.js';
import type { KerberosKey } from '#dist/engine/kerberos/crypto/encryption-type.js';
import { type AuthorizationData, encodeAuthorizationData } from '#dist/engine/kerberos/messages/authorization-data.js';
import { PAC_TYPE } from '#dist/engine/kerberos/pac/pac.js';

export interface PacPart {
  readonly type: number;
  readonly data: Uint8Array;
}

/** A PAC of these parts, each at a multiple of 8. */
export function buildPac(parts: readonly PacPart[]): Uint8Array {
  const writer = new ByteWriter(256).u32le(parts.length).u32le(0);
  const table = parts.map(() => writer.reserve(16));
  for (const [n, { type, data }] of parts.entries()) {
    while (writer.length % 8 !== 0) writer.u8(0);
    const at = table[n]!;
    writer.setU32le(at, type);
    writer.setU32le(at + 4, data.length);
    writer.setU32le(at + 8, writer.length);
    writer.bytes(data);
  }
  while (writer.length % 8 !== 0) writer.u8(0);
  return writer.toBytes();
}

export function clientInfo(name: string, authtime: number): PacPart {
  const text = encodeUtf16le(name);
  const data = new ByteWriter()
    .u64le(BigInt(authtime) * 10_000n + 116_444_736_000_000_000n)
    .u16le(text.length)
    .bytes(text)
    .toBytes();
  return { type: PAC_TYPE.CLIENT_INFO, data };
}

/** The parts with both signatures, the server's made with `key`, and the KDC's of nonsense. */
export function signPac(parts: readonly PacPart[], key: KerberosKey): Uint8Array {
  const { checksumLength, checksumType } = key.type;
  const signature = (bytes: Uint8Array): Uint8Array =>
    new ByteWriter()
      .u32le(checksumType >>> 0)
      .bytes(bytes)
      .toBytes();
  const signed = (server: Uint8Array, kdc: Uint8Array): Uint8Array =>
    buildPac([
      ...parts,
      { type: PAC_TYPE.SERVER_CHECKSUM, data: signature(server) },
      { type: PAC_TYPE.KDC_CHECKSUM, data: signature(kdc) },
    ]);
  const zeros = new Uint8Array(checksumLength);
  const server = key.checksum(KEY_USAGE.NON_KERBEROS_CHECKSUM, signed(zeros, zeros));
  return signed(server, new Uint8Array(checksumLength).fill(7));
}

/** As it stands in a ticket. */
export function inTicket(pac: Uint8Array): AuthorizationData {
  return [{ type: AD_TYPE.IF_RELEVANT, data: encodeAuthorizationData([{ type: AD_TYPE.WIN2K_PAC, data: pac }]) }];
}
