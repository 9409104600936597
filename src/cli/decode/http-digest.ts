import { decodeLatin1 } from '../../bytes/text.js';
import { type Directive, parseDirectives } from '../../engine/digest/directives.js';
import type { DecodedToken } from './decoded-token.js';
import { readable } from './digest-md5.js';

/** Parameters of HTTP Digest (RFC 7616 3.3 to 3.5), without the name of the scheme. Undefined for what is none. */
export function decodeHttpDigest(bytes: Uint8Array): DecodedToken | undefined {
  let directives: Directive[];
  try {
    directives = parseDirectives(decodeLatin1(bytes));
  } catch {
    return undefined;
  }
  if (directives.length === 0) return undefined;
  const has = (name: string): boolean => directives.some(directive => directive.name === name);
  const kind = has('response') ? 'credentials' : has('nonce') ? 'challenge' : 'Authentication-Info';
  const fields = directives.map(({ name, value }) => ({
    name,
    value: readable(value),
    meaning: MEANINGS[name] ?? 'not part of RFC 7616',
  }));
  return { name: `HTTP Digest ${kind}`, fields };
}

const MEANINGS: Readonly<Record<string, string>> = {
  realm: 'the accounts that the server knows',
  domain: 'where else the same logon is good',
  nonce: 'fresh: no recorded response fits it',
  opaque: "the server's, sent back unchanged",
  stale: 'the nonce is too old; the password may be right',
  algorithm: 'the hash; -sess: the key depends on the nonces',
  qop: 'protection: of the logon, or of the body too',
  charset: 'names and passwords are UTF-8',
  userhash: 'names may be hashed',
  username: 'who logs on',
  'username*': 'who logs on, in an encoding of RFC 5987',
  uri: 'the resource that is asked for',
  response: 'proof of the password, over all of this',
  cnonce: "the client's: the server must answer to it",
  nc: 'how often this nonce was used',
  nextnonce: 'the nonce to use from now on',
  rspauth: 'the server knows the password, too',
};
