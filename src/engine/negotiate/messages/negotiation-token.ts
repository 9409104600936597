import { DerReader } from '../../../bytes/der/der-reader.js';
import { derElement, derField, derObjectIdentifier, encodeDer } from '../../../bytes/der/der-value.js';
import { applicationTag, contextTag } from '../../../bytes/der/tags.js';
import { InvalidEncodingError } from '../../../bytes/errors.js';
import { derNegTokenInit, type NegTokenInit, readNegTokenInit } from './neg-token-init.js';
import { derNegTokenResp, type NegTokenResp, readNegTokenResp } from './neg-token-resp.js';
import { SPNEGO_OID } from './oids.js';

/** `NegotiationToken ::= CHOICE { negTokenInit [0] NegTokenInit, negTokenResp [1] NegTokenResp }` (RFC 4178 4.2). */
export type NegotiationToken =
  | { readonly kind: 'init'; readonly init: NegTokenInit }
  | { readonly kind: 'resp'; readonly resp: NegTokenResp };

/** The first token, which names the mechanism before itself (RFC 2743 3.1): `[APPLICATION 0] { OBJECT IDENTIFIER, token }`. */
export function encodeNegTokenInit(init: NegTokenInit): Uint8Array {
  return encodeDer(derElement(INITIAL_TOKEN, derObjectIdentifier(SPNEGO_OID), derField(INIT, derNegTokenInit(init))));
}

/** Any later token, which stands alone. */
export function encodeNegTokenResp(resp: NegTokenResp): Uint8Array {
  return encodeDer(derField(RESP, derNegTokenResp(resp)));
}

/** Takes a token apart. Throws `MalformedBytesError` for one that is neither of the two, or is not in DER from end to end. */
export function decodeNegotiationToken(token: Uint8Array): NegotiationToken {
  const reader = new DerReader(token);
  const decoded = readToken(reader);
  reader.end();
  return decoded;
}

function readToken(reader: DerReader): NegotiationToken {
  if (reader.nextTag === contextTag(RESP)) return { kind: 'resp', resp: reader.field(RESP, readNegTokenResp) };
  const init = reader.inside(INITIAL_TOKEN, elements => {
    if (elements.objectIdentifier() !== SPNEGO_OID) throw new InvalidEncodingError('the token is not SPNEGO’s');
    return elements.field(INIT, readNegTokenInit);
  });
  return { kind: 'init', init };
}

const INITIAL_TOKEN = applicationTag(0);
const INIT = 0;
const RESP = 1;
