import type { DecodedToken } from './decoded-token.js';
import { derField } from './der-tree.js';
import { decodeDigestMd5 } from './digest-md5.js';
import { decodeKerberos } from './kerberos.js';
import { decodeNegoex } from './negoex.js';
import { decodeNtlm } from './ntlm/ntlm.js';
import { decodeSpnego } from './spnego.js';

/** Takes apart a token of any mechanism that is known here, by how it looks. Undefined for one of none. */
export function recognizeToken(bytes: Uint8Array): DecodedToken | undefined {
  return decodeNegotiated(bytes) ?? decodeDigestMd5(bytes) ?? decodeDer(bytes);
}

/** A token as Negotiate takes it: of SPNEGO, or of a mechanism without SPNEGO around it. */
export function decodeNegotiated(bytes: Uint8Array): DecodedToken | undefined {
  return decodeSpnego(bytes, decodeMechanism) ?? decodeMechanism(bytes);
}

/** What can stand inside of SPNEGO. */
function decodeMechanism(bytes: Uint8Array): DecodedToken | undefined {
  return decodeNtlm(bytes) ?? decodeNegoex(bytes) ?? decodeKerberos(bytes);
}

function decodeDer(bytes: Uint8Array): DecodedToken | undefined {
  const field = derField('', bytes);
  return field?.parts && { name: 'DER', fields: field.parts };
}
