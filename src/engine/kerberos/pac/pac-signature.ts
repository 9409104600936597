import { ByteReader } from '../../../bytes/reader.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { CHECKSUM_TYPE } from '../constants/checksum-type.js';
import { KEY_USAGE } from '../constants/key-usage.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { PAC_TYPE, type Pac, type PacBuffer } from './pac.js';
import { decodePac, malformedPac } from './pac-error.js';

/** PAC_SIGNATURE_DATA ([MS-PAC] 2.8): `SignatureType u32, Signature, RODCIdentifier u16 (optional)`. */
export interface PacSignature {
  readonly type: number;
  readonly signature: Uint8Array;
  /** Where the signature begins in the PAC. */
  readonly at: number;
}

/**
 * Checks the server's signature, under the key that the ticket is encrypted in ([MS-PAC] 2.8.2). The KDC's signatures are made with keys
 * that a service does not have. Throws SEC_E_LOGON_DENIED where there is none, or it is another one.
 */
export function verifyServerSignature(pac: Pac, key: KerberosKey): void {
  const server = serverSignature(pac);
  const kdc = signatureOf(pac, PAC_TYPE.KDC_CHECKSUM);
  // A type without a key, or of another key, would be somebody's choice who does not have this one.
  if (!server || !kdc || server.type !== key.type.checksumType) throw wrongSignature();
  const signed = Uint8Array.from(pac.bytes);
  for (const { at, signature } of [server, kdc]) signed.fill(0, at, at + signature.length);
  if (!key.verifyChecksum(KEY_USAGE.NON_KERBEROS_CHECKSUM, server.signature, signed)) throw wrongSignature();
}

/** The service has the key, so no form but that of the key is right: one without a key, or cut short, is not overlooked as unknown. */
function serverSignature(pac: Pac): PacSignature | undefined {
  try {
    return signatureOf(pac, PAC_TYPE.SERVER_CHECKSUM);
  } catch (error) {
    if (error instanceof PackageError) throw wrongSignature();
    throw error;
  }
}

/** Throws SEC_E_INVALID_TOKEN for a signature of an unknown type, or one that is cut short. */
export function signatureOf(pac: Pac, type: number): PacSignature | undefined {
  const buffer = pac.find(type);
  return buffer && decodePac('PAC_SIGNATURE_DATA', () => readSignature(buffer));
}

function readSignature({ data, offset }: PacBuffer): PacSignature {
  const reader = new ByteReader(data);
  const type = reader.u32le() | 0;
  const length = SIGNATURE_LENGTHS[type];
  if (length === undefined) throw malformedPac(`a signature has the type ${type}`);
  return { type, signature: reader.bytes(length), at: offset + TYPE_LENGTH };
}

const TYPE_LENGTH = 4;
const SIGNATURE_LENGTHS: Readonly<Record<number, number>> = {
  [CHECKSUM_TYPE.HMAC_MD5]: 16,
  [CHECKSUM_TYPE.HMAC_SHA1_96_AES128]: 12,
  [CHECKSUM_TYPE.HMAC_SHA1_96_AES256]: 12,
  [CHECKSUM_TYPE.HMAC_SHA256_128_AES128]: 16,
  [CHECKSUM_TYPE.HMAC_SHA384_192_AES256]: 24,
};

function wrongSignature(): PackageError {
  return new PackageError(SEC_E.LOGON_DENIED, 'the PAC of the ticket is not signed with the key of this service', {
    hint: 'The ticket was tampered with, or its KDC signs PACs with another key: see whether another account has the same service name (`setspn -X`).',
  });
}
