import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { isAscii, isUtf8Octets, utf8Octets, utf8Text } from '../octets.js';
import type { DigestCipher } from '../options.js';
import { FIRST_USE } from './compute.js';
import { malformed, utf8Value } from './fields.js';
import { isCipher } from './layer/ciphers.js';
import type { Claim } from './password-check.js';
import { isQop, type Qop } from './qop.js';
import type { Response } from './response.js';

/** What a challenge offered. */
export interface Offer {
  readonly nonce: string;
  readonly qops: readonly Qop[];
  readonly ciphers: readonly DigestCipher[];
  /** As text. */
  readonly realms: readonly string[];
}

/** What a response took of it. */
export interface Agreement {
  readonly qop: Qop;
  /** With auth-conf only. */
  readonly cipher: DigestCipher | undefined;
  /** As text; empty where the client named none. */
  readonly realm: string;
}

/**
 * Holds a response against the challenge it answers (RFC 2831 2.1.3), before any password is looked at. Throws SEC_E_LOGON_DENIED for
 * another challenge's nonce and a realm that was not offered, SEC_E_OUT_OF_SEQUENCE for a nonce count other than 1 (the nonce is good
 * for one logon), SEC_E_QOP_NOT_SUPPORTED and SEC_E_ALGORITHM_MISMATCH for a protection and a cipher that were not offered.
 */
export function checkAgainstOffer(response: Response, offer: Offer): Agreement {
  if (response.nonce !== offer.nonce) {
    throw new PackageError(SEC_E.LOGON_DENIED, 'the nonce in the response is not the one of this challenge');
  }
  if (response.nc !== FIRST_USE) {
    throw new PackageError(SEC_E.OUT_OF_SEQUENCE, 'the nonce of DIGEST-MD5 is good for one logon, and nc is not 1');
  }
  const { qop } = response;
  if (!isQop(qop) || !offer.qops.includes(qop)) {
    throw new PackageError(SEC_E.QOP_NOT_SUPPORTED, 'the client wants a protection that was not offered');
  }
  const cipher = qop === 'auth-conf' ? offeredCipher(response.cipher, offer) : undefined;
  return { qop, cipher, realm: offeredRealm(response, offer) };
}

/**
 * What the user name of a response can mean, the likeliest first; nearly always it is one thing. A backslash that escapes nothing may
 * stand for itself ([MS-DPSP] 2.2: `DOMAIN\\user` unescaped), and libsasl2's client sends UTF-8 without saying so. Throws
 * SEC_E_INVALID_TOKEN where the name is not in the charset that the response names.
 */
export function claimsOf(response: Response, agreement: Agreement): Claim[] {
  const { rawUsername, username, utf8 } = response;
  const claims: Claim[] = [];
  for (const octets of username === rawUsername ? [username] : [username, rawUsername]) {
    if (utf8) {
      claims.push(claim(utf8Value(octets, 'username'), octets, true, response, agreement));
      continue;
    }
    if (!isAscii(octets) && isUtf8Octets(octets)) {
      claims.push(claim(utf8Text(octets), octets, true, response, agreement));
    }
    claims.push(claim(octets, octets, false, response, agreement));
  }
  return claims;
}

function claim(
  user: string,
  userOctets: string,
  utf8: boolean,
  { authzid, cnonce, digestUri, nc, nonce, realm: realmOctets = '', response }: Response,
  { qop, realm }: Agreement,
): Claim {
  return { user, userOctets, realm, realmOctets, utf8, authzid, response, nonce, cnonce, nc, qop, digestUri };
}

function offeredCipher(name: string | undefined, { ciphers }: Offer): DigestCipher {
  if (name === undefined) throw malformed('cipher is missing');
  if (isCipher(name) && ciphers.includes(name)) return name;
  throw new PackageError(SEC_E.ALGORITHM_MISMATCH, 'the client wants a cipher that was not offered');
}

/**
 * A client names one of the realms (RFC 2831 2.1.2), or none where the user name has it already ([MS-DPSP] 2.2). Without charset
 * the octets may be those of the challenge, or the realm in ISO-8859-1.
 */
function offeredRealm({ realm: octets, utf8 }: Response, { realms }: Offer): string {
  if (octets === undefined || octets === '') return '';
  const text = utf8 ? utf8Value(octets, 'realm') : octets;
  const realm = realms.find(offered => offered === text || utf8Octets(offered) === octets);
  if (realm !== undefined) return realm;
  throw new PackageError(SEC_E.LOGON_DENIED, 'the client names a realm that was not offered');
}
