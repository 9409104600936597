import { encodeLatin1 } from '../../../../bytes/text.js';
import { md5 } from '../../../crypto/weak/md5.js';
import type { CipherSuite } from './ciphers.js';

/** Kic (RFC 2831 2.3): what clients sign with. */
export function clientSigningKey(ha1: Uint8Array): Uint8Array {
  return md5(ha1, SIGN_CLIENT);
}

/** Kis (RFC 2831 2.3): what servers sign with. */
export function serverSigningKey(ha1: Uint8Array): Uint8Array {
  return md5(ha1, SIGN_SERVER);
}

/** Kcc (RFC 2831 2.4): what clients seal with. It is made of the first bytes of H(A1) only where the cipher is to be weak. */
export function clientSealingKey(ha1: Uint8Array, { hashLength }: CipherSuite): Uint8Array {
  return md5(ha1.subarray(0, hashLength), SEAL_CLIENT);
}

/** Kcs (RFC 2831 2.4): what servers seal with. */
export function serverSealingKey(ha1: Uint8Array, { hashLength }: CipherSuite): Uint8Array {
  return md5(ha1.subarray(0, hashLength), SEAL_SERVER);
}

const SIGN_CLIENT = encodeLatin1('Digest session key to client-to-server signing key magic constant');
const SIGN_SERVER = encodeLatin1('Digest session key to server-to-client signing key magic constant');
const SEAL_CLIENT = encodeLatin1('Digest H(A1) to client-to-server sealing key magic constant');
const SEAL_SERVER = encodeLatin1('Digest H(A1) to server-to-client sealing key magic constant');
