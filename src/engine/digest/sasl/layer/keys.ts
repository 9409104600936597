import { encodeLatin1 } from '../../../../bytes/text.js';
import { md5 } from '../../../crypto/weak/md5.js';
import type { CipherSuite } from './ciphers.js';

/** Keys of both directions, 16 bytes each. */
export interface DirectionKeys {
  readonly clientToServer: Uint8Array;
  readonly serverToClient: Uint8Array;
}

/** Kic and Kis (RFC 2831 2.3): MD5 over H(A1) and a text. */
export function signingKeys(ha1: Uint8Array): DirectionKeys {
  return { clientToServer: md5(ha1, SIGN_CLIENT), serverToClient: md5(ha1, SIGN_SERVER) };
}

/** Kcc and Kcs (RFC 2831 2.4): MD5 over the first bytes of H(A1) and a text. */
export function sealingKeys(ha1: Uint8Array, suite: CipherSuite): DirectionKeys {
  const hash = ha1.subarray(0, suite.hashLength);
  return { clientToServer: md5(hash, SEAL_CLIENT), serverToClient: md5(hash, SEAL_SERVER) };
}

const SIGN_CLIENT = encodeLatin1('Digest session key to client-to-server signing key magic constant');
const SIGN_SERVER = encodeLatin1('Digest session key to server-to-client signing key magic constant');
const SEAL_CLIENT = encodeLatin1('Digest H(A1) to client-to-server sealing key magic constant');
const SEAL_SERVER = encodeLatin1('Digest H(A1) to server-to-client sealing key magic constant');
