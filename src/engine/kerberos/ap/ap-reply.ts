import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { KEY_USAGE } from '../constants/key-usage.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { DecryptionError } from '../crypto/errors.js';
import type { KdcServices } from '../kdc/services.js';
import { decodeApRep, encodeApRep } from '../messages/ap-rep.js';
import { decodeEncApRepPart, type EncApRepPart, encodeEncApRepPart } from '../messages/enc-ap-rep-part.js';

/** An AP-REP, under the session key of the ticket whatever subkeys there are (RFC 4120 3.2.4). */
export function sealApReply(kdc: KdcServices, sessionKey: KerberosKey, part: EncApRepPart): Uint8Array {
  const plain = encodeEncApRepPart(part);
  const cipher = kdc.encrypt(sessionKey, KEY_USAGE.AP_REP, plain);
  plain.fill(0);
  return encodeApRep({ encPart: { etype: sessionKey.type.number, cipher } });
}

/** What is in an AP-REP; `wipe` zeroes it. Throws SEC_E_MUTUAL_AUTH_FAILED where the session key does not open it. */
export function openApReply(
  message: Uint8Array,
  sessionKey: KerberosKey,
): { readonly part: EncApRepPart; wipe(): void } {
  const { encPart } = decodeApRep(message);
  const plain = encPart.etype === sessionKey.type.number ? decrypt(encPart.cipher, sessionKey) : undefined;
  if (!plain) {
    throw new PackageError(SEC_E.MUTUAL_AUTH_FAILED, 'the service has not shown that it knows the session key');
  }
  return { part: decodeEncApRepPart(plain), wipe: () => void plain.fill(0) };
}

function decrypt(cipher: Uint8Array, key: KerberosKey): Uint8Array | undefined {
  try {
    return key.decrypt(KEY_USAGE.AP_REP, cipher);
  } catch (error) {
    if (error instanceof DecryptionError) return undefined;
    throw error;
  }
}
