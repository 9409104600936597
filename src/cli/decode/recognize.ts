import type { DecodedToken, TokenDecoder } from './decoded-token.js';
import { derField } from './der-tree.js';
import { decodeDigestMd5 } from './digest-md5.js';
import { decodeKerberos } from './kerberos/kerberos.js';
import { KeyRing } from './kerberos/key-ring.js';
import { decodeNegoex } from './negoex.js';
import { decodeNtlm } from './ntlm/ntlm.js';
import { decodeSpnego } from './spnego.js';

/** Takes apart a token of any mechanism that is known here, by how it looks. Undefined for one of none. */
export function recognizeToken(bytes: Uint8Array, ring: KeyRing = new KeyRing()): DecodedToken | undefined {
  return decodeNegotiated(bytes, ring) ?? decodeDigestMd5(bytes) ?? decodeDer(bytes);
}

/** A token as Negotiate takes it: of SPNEGO, or of a mechanism without SPNEGO around it. */
export function decodeNegotiated(bytes: Uint8Array, ring: KeyRing = new KeyRing()): DecodedToken | undefined {
  const mechanism: TokenDecoder = token => decodeNtlm(token) ?? decodeNegoex(token) ?? decodeKerberos(token, ring);
  return decodeSpnego(bytes, mechanism) ?? mechanism(bytes);
}

function decodeDer(bytes: Uint8Array): DecodedToken | undefined {
  const field = derField('', bytes);
  return field?.parts && { name: 'DER', fields: field.parts };
}
