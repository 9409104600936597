import { ByteReader } from '../../../bytes/reader.js';
import { decodeUtf16le } from '../../../bytes/text.js';
import { decodePac } from './pac-error.js';

/** PAC_CLIENT_INFO ([MS-PAC] 2.7): `ClientId u64, NameLength u16, Name`. It binds the PAC to its ticket. */
export interface PacClientInfo {
  /** The authtime of the ticket, as FILETIME. */
  readonly clientId: bigint;
  /** The client's name in the ticket. */
  readonly name: string;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeClientInfo(bytes: Uint8Array): PacClientInfo {
  return decodePac('PAC_CLIENT_INFO', () => {
    const reader = new ByteReader(bytes);
    return { clientId: reader.u64le(), name: decodeUtf16le(reader.bytes(reader.u16le())) };
  });
}
