import { ByteReader } from '../../../bytes/reader.js';
import { decodeUtf16le } from '../../../bytes/text.js';
import { decodePac } from './pac-error.js';
import { readSid } from './sid.js';

/**
 * UPN_DNS_INFO ([MS-PAC] 2.10): `UpnLength u16, UpnOffset u16, DnsDomainNameLength u16, DnsDomainNameOffset u16, Flags u32`, and with
 * flag 2 `SamNameLength u16, SamNameOffset u16, SidLength u16, SidOffset u16`. Offsets count from its beginning.
 */
export interface UpnDnsInfo {
  readonly userPrincipalName: string;
  readonly dnsDomainName: string;
  /** The account has no UPN of its own: this one was made of its name and its domain's. */
  readonly isConstructed: boolean;
  readonly samName?: string;
  readonly sid?: string;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeUpnDnsInfo(bytes: Uint8Array): UpnDnsInfo {
  return decodePac('UPN_DNS_INFO', () => {
    const reader = new ByteReader(bytes);
    const part = (): Uint8Array => {
      const length = reader.u16le();
      return reader.bytesAt(reader.u16le(), length);
    };
    const userPrincipalName = decodeUtf16le(part());
    const dnsDomainName = decodeUtf16le(part());
    const flags = reader.u32le();
    const info = { userPrincipalName, dnsDomainName, isConstructed: (flags & CONSTRUCTED) !== 0 };
    if ((flags & EXTENDED) === 0) return info;
    return { ...info, samName: decodeUtf16le(part()), sid: readSid(new ByteReader(part())) };
  });
}

const CONSTRUCTED = 1;
const EXTENDED = 2;
