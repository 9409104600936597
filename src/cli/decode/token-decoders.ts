import type { DecodedToken, TokenDecoder } from './decoded-token.js';
import { decodeDigestMd5 } from './digest-md5.js';

/** Takes a token of a SASL profile apart. What no decoder knows shows its first bytes. */
export function decodeToken(profile: string, token: Uint8Array): DecodedToken {
  return DECODERS[profile]?.(token) ?? { name: 'token', fields: [] };
}

const DECODERS: Readonly<Record<string, TokenDecoder>> = {
  'DIGEST-MD5': decodeDigestMd5,
};
