import { encodeLatin1 } from '../../../bytes/text.js';
import { md5 } from '../../crypto/weak/md5.js';
import { NTLMSSP } from '../messages/flags.js';
import { KEY_LENGTH } from '../responses/key-exchange.js';

export type Direction = 'clientToServer' | 'serverToClient';

/** SIGNKEY with extended session security ([MS-NLMP] 3.4.5.2); without it there is none. */
export function signingKey(sessionKey: Uint8Array, direction: Direction): Uint8Array {
  return md5(sessionKey, SIGNING[direction]);
}

/** SEALKEY with extended session security ([MS-NLMP] 3.4.5.3). */
export function sealingKey(flags: number, sessionKey: Uint8Array, direction: Direction): Uint8Array {
  return md5(sessionKey.subarray(0, keyStrength(flags) / 8), SEALING[direction]);
}

/** SEALKEY without it: one for both directions. */
export function sharedSealingKey(flags: number, sessionKey: Uint8Array): Uint8Array {
  if ((flags & (NTLMSSP.LM_KEY | NTLMSSP.DATAGRAM)) === 0) return Uint8Array.from(sessionKey);
  const tail = flags & NTLMSSP.KEY_56 ? TAIL_56 : TAIL_40;
  const key = new Uint8Array(8);
  key.set(sessionKey.subarray(0, 8 - tail.length));
  key.set(tail, 8 - tail.length);
  return key;
}

/** Bits of the session key that seal a message. */
export function keyStrength(flags: number): number {
  if (flags & NTLMSSP.EXTENDED_SESSIONSECURITY) {
    if (flags & NTLMSSP.KEY_128) return 8 * KEY_LENGTH;
    return flags & NTLMSSP.KEY_56 ? 56 : 40;
  }
  if ((flags & (NTLMSSP.LM_KEY | NTLMSSP.DATAGRAM)) === 0) return 8 * KEY_LENGTH;
  return flags & NTLMSSP.KEY_56 ? 56 : 40;
}

/** With the NUL that ends it. */
function magic(direction: string, use: string): Uint8Array {
  return encodeLatin1(`session key to ${direction} ${use} key magic constant\0`);
}

const SIGNING = {
  clientToServer: magic('client-to-server', 'signing'),
  serverToClient: magic('server-to-client', 'signing'),
};
const SEALING = {
  clientToServer: magic('client-to-server', 'sealing'),
  serverToClient: magic('server-to-client', 'sealing'),
};
const TAIL_56 = Uint8Array.of(0xa0);
const TAIL_40 = Uint8Array.of(0xe5, 0x38, 0xb0);
