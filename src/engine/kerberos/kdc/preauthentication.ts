import { KEY_USAGE } from '../constants/key-usage.js';
import { PA_TYPE } from '../constants/pa-type.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { combineKeys } from '../crypto/rfc6113/cf2.js';
import { encodeEncryptedData } from '../messages/encrypted-data.js';
import type { PaData } from '../messages/pa-data.js';
import { encodePaEncTsEnc } from '../messages/pa-enc-timestamp.js';
import type { KdcServices } from './services.js';

/**
 * Proof that the client has its key: the time, encrypted in it (PA-ENC-TIMESTAMP, RFC 4120 5.2.7.2), or inside FAST in a key of it and the
 * armor key (encrypted challenge, RFC 6113 5.4.6).
 */
export function preauthentication(
  services: KdcServices,
  key: KerberosKey,
  clockOffset: number,
  armorKey: KerberosKey | undefined,
): PaData {
  const { time, usec } = services.clock.stamp(clockOffset);
  const plaintext = encodePaEncTsEnc({ timestamp: time, usec });
  const etype = key.type.number;
  if (!armorKey) {
    const cipher = services.encrypt(key, KEY_USAGE.PA_ENC_TIMESTAMP, plaintext);
    return { type: PA_TYPE.ENC_TIMESTAMP, value: encodeEncryptedData({ etype, cipher }) };
  }
  using challengeKey = combineKeys(armorKey, key, 'clientchallengearmor', 'challengelongterm');
  const cipher = services.encrypt(challengeKey, KEY_USAGE.ENC_CHALLENGE_CLIENT, plaintext);
  return {
    type: PA_TYPE.ENCRYPTED_CHALLENGE,
    value: encodeEncryptedData({ etype: challengeKey.type.number, cipher }),
  };
}
