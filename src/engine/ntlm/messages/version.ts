import type { ByteReader } from '../../../bytes/reader.js';
import type { ByteWriter } from '../../../bytes/writer.js';

/** VERSION ([MS-NLMP] 2.2.2.10): for debugging only; nothing here depends on it. */
export interface NtlmVersion {
  readonly major: number;
  readonly minor: number;
  readonly build: number;
  /** NTLMRevisionCurrent; 15 is NTLMSSP_REVISION_W2K3. */
  readonly revision: number;
}

export const VERSION_LENGTH = 8;

/** What this package says of itself: the version whose protocol it speaks. */
export const OWN_VERSION: NtlmVersion = { major: 10, minor: 0, build: 17763, revision: 15 };
Object.freeze(OWN_VERSION);

export function readVersion(reader: ByteReader): NtlmVersion {
  const major = reader.u8();
  const minor = reader.u8();
  const build = reader.u16le();
  reader.skip(3);
  return { major, minor, build, revision: reader.u8() };
}

/** Zeros where no version is sent. */
export function writeVersion(writer: ByteWriter, version: NtlmVersion | undefined): void {
  if (!version) {
    writer.reserve(VERSION_LENGTH);
    return;
  }
  writer.u8(version.major).u8(version.minor).u16le(version.build).reserve(3);
  writer.u8(version.revision);
}
