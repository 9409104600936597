import type { DecodedToken } from './decoded-token.js';
import { decodeDigestMd5 } from './digest-md5.js';
import { KeyRing } from './kerberos/key-ring.js';
import { decodeNegotiated } from './recognize.js';
import { decodeGssapi } from './sasl-gssapi.js';

/** Takes a token of a SASL profile apart. What no decoder knows shows its first bytes. */
export function decodeToken(profile: string, token: Uint8Array, ring: KeyRing = new KeyRing()): DecodedToken {
  return DECODERS[profile]?.(token, ring) ?? { name: 'token', fields: [] };
}

const DECODERS: Readonly<Record<string, (token: Uint8Array, ring: KeyRing) => DecodedToken | undefined>> = {
  'DIGEST-MD5': decodeDigestMd5,
  'GSS-SPNEGO': decodeNegotiated,
  GSSAPI: decodeGssapi,
};
