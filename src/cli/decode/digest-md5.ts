import { decodeLatin1, decodeUtf8, encodeLatin1 } from '../../bytes/text.js';
import { type Directive, parseDirectives } from '../../engine/digest/directives.js';
import type { DecodedToken, TokenField } from './decoded-token.js';

/** A message of DIGEST-MD5: the server's challenge, the client's response, or the server's proof (RFC 2831 2.1.1 to 2.1.3). */
export function decodeDigestMd5(token: Uint8Array): DecodedToken | undefined {
  let directives: Directive[];
  try {
    directives = parseDirectives(decodeLatin1(token));
  } catch {
    return undefined;
  }
  const kind = MESSAGES.find(({ mark }) => directives.some(({ name }) => name === mark));
  if (!kind) return undefined;
  return { name: kind.name, fields: directives.map(directive => fieldOf(directive, kind.meanings)) };
}

function fieldOf({ name, value }: Directive, meanings: Meanings): TokenField {
  return { name, value: readable(value), meaning: meanings[name] ?? 'not part of RFC 2831' };
}

/** Directives are UTF-8 or ISO 8859-1 (`charset`): bytes that are valid UTF-8 are hardly ever meant as anything else. */
function readable(value: string): string {
  try {
    return decodeUtf8(encodeLatin1(value));
  } catch {
    return value;
  }
}

type Meanings = Readonly<Record<string, string>>;

const CHALLENGE: Meanings = {
  realm: 'the accounts that the server knows',
  nonce: 'fresh: no recorded response fits it',
  qop: 'protection on offer: none, integrity, sealing',
  stale: 'the nonce is too old; the password may be right',
  maxbuf: 'bytes, the most that the server takes at once',
  charset: 'names and passwords are UTF-8',
  algorithm: 'the session key depends on both nonces',
  cipher: 'ciphers on offer for sealing',
};

const RESPONSE: Meanings = {
  username: 'who logs on',
  realm: 'the realm, chosen',
  nonce: "the server's, unchanged",
  cnonce: "the client's: the server must answer to it",
  nc: 'how often this nonce was used',
  qop: 'the protection, chosen',
  'digest-uri': 'the service that the client wants to reach',
  response: 'proof of the password, over all of this',
  maxbuf: 'bytes, the most that the client takes at once',
  charset: 'names and password are UTF-8',
  cipher: 'the cipher, chosen',
  authzid: 'whom to act as',
};

const PROOF: Meanings = {
  rspauth: 'the server knows the password, too',
};

/** Told apart by a directive that each must have and the others do not. */
const MESSAGES: readonly { readonly mark: string; readonly name: string; readonly meanings: Meanings }[] = [
  { mark: 'rspauth', name: 'proof', meanings: PROOF },
  { mark: 'response', name: 'response', meanings: RESPONSE },
  { mark: 'nonce', name: 'challenge', meanings: CHALLENGE },
];
