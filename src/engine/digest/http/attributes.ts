import type { KeyInfo, Sizes } from '../../../sspi/attribute-values.js';
import { SECPKG_ATTR } from '../../../sspi/attributes.js';
import type { Algorithm } from './algorithms.js';
import { MAXIMUM_TOKEN } from './request-buffers.js';

/** Microsoft Learn, "Querying Digest Security Context Attributes". A session has no end of its own, as on Windows. */
export function commonAttribute(
  attribute: number,
  algorithm: Algorithm,
  established: Date,
  contextAttr: number,
): unknown {
  switch (attribute) {
    case SECPKG_ATTR.SIZES:
      return SIZES;
    case SECPKG_ATTR.KEY_INFO:
      return keyInfo(algorithm);
    case SECPKG_ATTR.LIFESPAN:
      return { start: new Date(established) };
    case SECPKG_ATTR.FLAGS:
      return { flags: contextAttr };
    default:
      return undefined;
  }
}

function keyInfo({ base, hashBits }: Algorithm): KeyInfo {
  return {
    signatureAlgorithmName: base,
    encryptAlgorithmName: '',
    keySize: hashBits,
    signatureAlgorithm: CALG[base],
    encryptAlgorithm: 0,
  };
}

/** A "signature" is a whole Authorization. */
const SIZES: Sizes = { maxToken: MAXIMUM_TOKEN, maxSignature: MAXIMUM_TOKEN, blockSize: 0, securityTrailer: 0 };
Object.freeze(SIZES);

/** ALG_ID of wincrypt.h, which has none for SHA-512/256. */
const CALG = { MD5: 0x8003, 'SHA-256': 0x800c, 'SHA-512-256': 0 } as const;
