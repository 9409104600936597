import { MalformedBytesError } from '../../../bytes/errors.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { utf8Octets, utf8Text } from '../octets.js';
import type { DigestCipher } from '../options.js';
import { FIRST_USE } from './compute.js';
import { malformed } from './fields.js';
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

/** The claim that a response makes for a user name. Throws SEC_E_INVALID_TOKEN where the name is not in the charset of the response. */
export function claimFor(userOctets: string, response: Response, { qop, realm }: Agreement): Claim {
  const { authzid, cnonce, digestUri, nc, nonce, utf8 } = response;
  return {
    user: utf8 ? textOf(userOctets, 'username') : userOctets,
    userOctets,
    realm,
    realmOctets: response.realm ?? '',
    utf8,
    authzid,
    response: response.response,
    nonce,
    cnonce,
    nc,
    qop,
    digestUri,
  };
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
  const text = utf8 ? textOf(octets, 'realm') : octets;
  const realm = realms.find(offered => offered === text || utf8Octets(offered) === octets);
  if (realm !== undefined) return realm;
  throw new PackageError(SEC_E.LOGON_DENIED, 'the client names a realm that was not offered');
}

function textOf(octets: string, name: string): string {
  try {
    return utf8Text(octets);
  } catch (error) {
    if (error instanceof MalformedBytesError) throw malformed(`its ${name} is not UTF-8`);
    throw error;
  }
}
