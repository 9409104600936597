import type { ByteReader } from '../../../bytes/reader.js';
import { malformedPac } from './pac-error.js';

/** [MS-DTYP] 2.4.2.1. */
const MOST_SUBAUTHORITIES = 15;

/** SID ([MS-DTYP] 2.4.2.2): revision u8, count u8, authority 6 bytes with the most significant first, sub-authorities u32. As text. */
export function readSid(reader: ByteReader): string {
  const revision = reader.u8();
  const count = reader.u8();
  if (revision !== 1 || count > MOST_SUBAUTHORITIES) throw malformedPac('a SID is none');
  const authority = reader.u16be() * 2 ** 32 + reader.u32be();
  let text = `S-1-${authority < 2 ** 32 ? authority : `0x${authority.toString(16).padStart(12, '0')}`}`;
  for (let n = 0; n < count; n++) text += `-${reader.u32le()}`;
  return text;
}

/** The SID of an account in a domain. */
export function relativeSid(domain: string, rid: number): string {
  return `${domain}-${rid}`;
}
